"""A tenant's own classifier through the graph: every field, and what is refused."""

from __future__ import annotations

import grpc
import pytest

from gateway.risk.classifier import ClassifierQueries
from gateway.risk.classifier_mutations import ClassifierMutations
from gateway.schema import build_schema
from quanzi.risk.v1 import classifier_pb2

from ..conftest import Door
from ..fakes import FakeServices, Refuse
from ..segmentation.documents import document
from ..test_members import NOW, uuid
from .test_opinions import fields

SCHEMA = build_schema()._schema
QUERIES = fields(SCHEMA.query_type, ClassifierQueries)
MUTATIONS = fields(SCHEMA.mutation_type, ClassifierMutations)
MODEL = f"gid://quanzi/ClassifierModel/{uuid('c', 1)}"


@pytest.mark.usefixtures("everything_is_answered")
@pytest.mark.parametrize("name", QUERIES)
async def test_a_query_answers_with_every_field(door: Door, name: str) -> None:
    text, variables = document("query", name, QUERIES[name])
    answer = await door.ask(text, **variables)
    assert "errors" not in answer
    assert answer["data"][name]


@pytest.mark.usefixtures("everything_is_answered")
@pytest.mark.parametrize("name", MUTATIONS)
async def test_a_mutation_answers_with_every_field(door: Door, name: str) -> None:
    text, variables = document("mutation", name, MUTATIONS[name])
    answer = await door.ask(text, **variables)
    assert "errors" not in answer
    payload = answer["data"][name]
    assert payload.pop("userErrors") == []
    assert all(value is not None for value in payload.values())


async def test_what_is_not_there_yet_is_null(door: Door, services: FakeServices) -> None:
    model = classifier_pb2.ClassifierModel(
        id=uuid("c", 1), state=classifier_pb2.CLASSIFIER_STATE_TRAINING, requested_by="a", requested_at=NOW
    )
    services.answers["ListClassifierModels"] = lambda _: classifier_pb2.ListClassifierModelsResponse(
        models=[model]
    )
    answer = await door.ask("""
        query { classifierModels { nodes {
            id state evaluationSet riskyLabels measured { accuracy } inForce { accuracy }
            failure finishedAt activatedAt activatedBy
        } } }
    """)
    [node] = answer["data"]["classifierModels"]["nodes"]
    assert (node.pop("id"), node.pop("state"), node.pop("riskyLabels")) == (MODEL, "TRAINING", 0)
    assert set(node.values()) == {None}


async def test_the_shipped_model_was_in_force(door: Door, services: FakeServices) -> None:
    services.answers["RevertClassifier"] = lambda _: classifier_pb2.RevertClassifierResponse()
    answer = await door.ask("mutation { classifierRevert { retired { id } userErrors { code } } }")
    assert answer["data"]["classifierRevert"] == {"retired": None, "userErrors": []}


async def test_a_refusal_names_the_field_of_the_input(door: Door, services: FakeServices) -> None:
    def refuse(_: classifier_pb2.ActivateClassifierRequest) -> None:
        raise Refuse(grpc.StatusCode.FAILED_PRECONDITION, "CLASSIFIER_TOO_INACCURATE", "80.0 %", "model_id")

    services.answers["ActivateClassifier"] = refuse
    answer = await door.ask(
        """mutation ($input: ClassifierActivateInput!) {
            classifierActivate(input: $input) { model { id } userErrors { field code } }
        }""",
        input={"classifierModel": MODEL},
    )
    assert answer["data"]["classifierActivate"] == {
        "model": None,
        "userErrors": [{"field": "classifierModel", "code": "CLASSIFIER_TOO_INACCURATE"}],
    }
