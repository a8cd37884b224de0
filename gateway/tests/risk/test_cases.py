"""Cases through the graph: every field, what is refused, many at a time."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from graphql import GraphQLField

from gateway.risk.cases import CasePolicy
from gateway.risk.cases_mutations import CaseMutations, CasePolicyUpdateInput
from gateway.risk.cases_queries import CaseQueries
from gateway.schema import build_schema
from quanzi.risk.v1 import cases_pb2, labels_pb2

from ..conftest import Door, Keys
from ..fakes import FakeServices, Refuse
from ..segmentation.documents import document
from ..test_members import NOW, uuid

SCHEMA = build_schema()._schema


def fields(root: Any, domain: Any) -> dict[str, GraphQLField]:
    converter = build_schema().schema_converter
    names = {
        converter.config.name_converter.get_graphql_name(f) for f in domain.__strawberry_definition__.fields
    }
    return {name: field for name, field in root.fields.items() if name in names}


QUERIES = fields(SCHEMA.query_type, CaseQueries)
MUTATIONS = fields(SCHEMA.mutation_type, CaseMutations)
CASE = f"gid://quanzi/Case/{uuid('k', 1)}"


def case(number: int = 1, **values: Any) -> cases_pb2.Case:
    given = {
        "id": uuid("k", number),
        "kind": cases_pb2.CASE_KIND_MESSAGE_REVIEW,
        "status": cases_pb2.CASE_STATUS_PENDING,
        "subject_id": uuid("a", number),
        "risk": 30,
        "opened_at": NOW,
        "due_at": NOW,
        "masked_text": "做兼职的来",
    }
    return cases_pb2.Case(**(given | values))


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
    named = {field.name for field in cases_pb2.CasePolicy.DESCRIPTOR.fields}
    assert set(CasePolicy.__annotations__) == named
    assert set(CasePolicyUpdateInput.__annotations__) == named - {"version"} | {"expected_version"}


async def test_a_page_with_its_history_costs_two_calls(door: Door, services: FakeServices) -> None:
    services.answers["ListCases"] = lambda _: cases_pb2.ListCasesResponse(
        cases=[case(number) for number in range(20)]
    )
    services.answers["BatchGetCaseSteps"] = lambda request: cases_pb2.BatchGetCaseStepsResponse(
        histories=[
            cases_pb2.CaseHistory(
                case_id=one,
                steps=[
                    cases_pb2.CaseStep(
                        number=1,
                        kind=cases_pb2.CASE_STEP_KIND_OPENED,
                        at=NOW,
                        became=cases_pb2.CASE_STATUS_PENDING,
                    )
                ],
            )
            for one in request.case_ids
        ]
    )
    answer = await door.ask("query { cases(first: 20) { nodes { id activityId steps { kind was by } } } }")
    assert "errors" not in answer
    assert answer["data"]["cases"]["nodes"][3]["steps"] == [{"kind": "OPENED", "was": None, "by": None}]
    assert services.calls.total() == 2


async def test_each_decision_is_done_or_refused_for_itself(door: Door, services: FakeServices) -> None:
    asked = []

    def decide(request: cases_pb2.DecideCasesRequest) -> cases_pb2.DecideCasesResponse:
        asked.append(request)
        done, refused = request.decisions
        return cases_pb2.DecideCasesResponse(
            results=[
                cases_pb2.CaseResult(
                    case_id=done.case_id,
                    case=case(
                        status=cases_pb2.CASE_STATUS_CLOSED,
                        outcome=cases_pb2.CASE_OUTCOME_FALSE_POSITIVE,
                        suggested_words=["兼职"],
                    ),
                ),
                cases_pb2.CaseResult(
                    case_id=refused.case_id, reason="CASE_HELD", message="bob holds the case"
                ),
            ]
        )

    services.answers["DecideCases"] = decide
    text = """
        mutation ($input: CasesDecideInput!) {
          casesDecide(input: $input) {
            results { caseId reason case { status outcome suggestedWords } }
            userErrors { field code }
          }
        }
    """
    decisions = [
        {"case": CASE, "outcome": "FALSE_POSITIVE"},
        {"case": f"gid://quanzi/Case/{uuid('k', 2)}", "outcome": "CONFIRMED_RISK", "category": "FRAUD"},
    ]
    answer = await door.ask(text, input={"idempotencyKey": "k1", "decisions": decisions})
    first, second = answer["data"]["casesDecide"]["results"]
    assert first == {
        "caseId": CASE,
        "reason": None,
        "case": {"status": "CLOSED", "outcome": "FALSE_POSITIVE", "suggestedWords": ["兼职"]},
    }
    assert (second["reason"], second["case"]) == ("CASE_HELD", None)
    assert [decision.category for decision in asked[0].decisions] == [0, 5]

    decisions[1]["case"] = CASE.replace("Case", "Member")
    answer = await door.ask(text, input={"idempotencyKey": "k1", "decisions": decisions})
    [error] = answer["data"]["casesDecide"]["userErrors"]
    assert error == {"field": "decisions[1].case", "code": "INVALID"}


@pytest.mark.parametrize(
    ("method", "reason", "mutation", "field"),
    [
        (
            "ReopenCase",
            "CASE_NOT_CLOSED",
            f'caseReopen(input: {{idempotencyKey: "k", case: "{CASE}", reason: "?"}})',
            "case",
        ),
        (
            "FreezeLabels",
            "NAME_TAKEN",
            'evaluationSetFreeze(input: {idempotencyKey: "k", name: "x", '
            'fromAt: "2026-11-01T00:00:00Z", untilAt: "2026-12-01T00:00:00Z"})',
            "name",
        ),
    ],
)
async def test_refusals_become_user_errors(
    door: Door, services: FakeServices, method: str, reason: str, mutation: str, field: str
) -> None:
    def refuse(_: object) -> None:
        wire = "case_id" if field == "case" else field
        raise Refuse(grpc.StatusCode.FAILED_PRECONDITION, reason, "because", wire)

    services.answers[method] = refuse
    answer = await door.ask(f"mutation {{ {mutation} {{ userErrors {{ field code }} }} }}")
    [payload] = answer["data"].values()
    assert payload["userErrors"] == [{"field": field, "code": reason}]


async def test_what_is_unknown_is_null(door: Door, services: FakeServices) -> None:
    services.answers["ListScreeningQuality"] = lambda _: labels_pb2.ListScreeningQualityResponse(
        months=[labels_pb2.ScreeningQuality(month="2026-11-01", labels=12, precision=0.0)]
    )
    answer = await door.ask("""
        query { screeningQuality(fromDate: "2026-11-01", toDate: "2026-11-30") {
          month category labels precision recall
        } }
    """)
    assert answer["data"]["screeningQuality"] == [
        {"month": "2026-11-01", "category": None, "labels": 12, "precision": 0.0, "recall": None}
    ]


async def test_a_partner_sees_no_subscription_of_cases(door: Door, keys: Keys) -> None:
    text = "subscription { caseChanged { caseId } }"
    answer = await door.ask(text, token=keys.token("partner"))
    assert answer["errors"]
