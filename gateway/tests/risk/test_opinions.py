"""Opinion incidents through the graph: every field, what is refused, what a point of a series is."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from graphql import GraphQLField

from gateway.risk.opinions_mutations import OpinionMutations, OpinionPolicyUpdateInput
from gateway.risk.opinions_policy import OpinionPolicy
from gateway.risk.opinions_queries import OpinionQueries
from gateway.schema import build_schema
from quanzi.risk.v1 import opinions_pb2

from ..conftest import Door
from ..fakes import FakeServices, Refuse
from ..segmentation.documents import document
from ..test_members import NOW, uuid

SCHEMA = build_schema()._schema
INCIDENT = f"gid://quanzi/OpinionIncident/{uuid('o', 1)}"


def fields(root: Any, domain: Any) -> dict[str, GraphQLField]:
    converter = build_schema().schema_converter
    names = {
        converter.config.name_converter.get_graphql_name(f) for f in domain.__strawberry_definition__.fields
    }
    return {name: field for name, field in root.fields.items() if name in names}


QUERIES = fields(SCHEMA.query_type, OpinionQueries)
MUTATIONS = fields(SCHEMA.mutation_type, OpinionMutations)


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


def test_every_field_of_the_policy_can_be_read_and_written() -> None:
    named = {field.name for field in opinions_pb2.OpinionPolicy.DESCRIPTOR.fields}
    assert set(OpinionPolicy.__annotations__) == named
    assert set(OpinionPolicyUpdateInput.__annotations__) == named - {"version"} | {"expected_version"}


async def test_shares_of_a_series(door: Door, services: FakeServices) -> None:
    services.answers["GetOpinionSeries"] = lambda _: opinions_pb2.GetOpinionSeriesResponse(
        points=[
            opinions_pb2.OpinionPoint(at=NOW),
            opinions_pb2.OpinionPoint(
                at=NOW,
                messages=40,
                negatives=10,
                usual_messages=20,
                usual_negatives=3,
                negatives_threshold=18,
                complaints_threshold=6,
            ),
        ]
    )
    answer = await door.ask("""
        query { opinionSeries(since: "2026-11-22T00:00:00Z", until: "2026-11-22T01:00:00Z") {
          negativeShare usualNegativeShare thresholdNegativeShare thresholdComplaints
        } }
    """)
    silent, loud = answer["data"]["opinionSeries"]
    assert set(silent.values()) == {None}
    assert loud == {
        "negativeShare": 0.25,
        "usualNegativeShare": 0.15,
        "thresholdNegativeShare": 0.45,
        "thresholdComplaints": 6,
    }


async def test_what_is_closed_is_refused_by_its_reason(door: Door, services: FakeServices) -> None:
    def refuse(_: object) -> None:
        raise Refuse(
            grpc.StatusCode.FAILED_PRECONDITION, "OPINION_INCIDENT_CLOSED", "it is over", "incident_id"
        )

    services.answers["AcknowledgeOpinionIncident"] = refuse
    answer = await door.ask(f"""
        mutation {{ opinionIncidentAcknowledge(input: {{opinionIncident: "{INCIDENT}"}}) {{
          incident {{ id }} userErrors {{ field code }}
        }} }}
    """)
    payload = answer["data"]["opinionIncidentAcknowledge"]
    assert payload["userErrors"] == [{"field": "opinionIncident", "code": "OPINION_INCIDENT_CLOSED"}]
