"""Rules through the graph: every field, what is refused, what the services are asked."""

from __future__ import annotations

from typing import Any

import grpc
import pytest

from gateway.risk.rules_mutations import RuleMutations
from gateway.risk.rules_queries import RuleQueries
from gateway.schema import build_schema
from quanzi.risk.v1 import rules_pb2, screening_pb2

from ..conftest import Door, Keys
from ..fakes import FakeServices, Refuse
from ..segmentation.documents import document
from ..test_members import uuid
from .test_cases import fields

SCHEMA = build_schema()._schema
QUERIES = fields(SCHEMA.query_type, RuleQueries)
MUTATIONS = fields(SCHEMA.mutation_type, RuleMutations)
GROUP = f"gid://quanzi/Group/{uuid('g', 1)}"
UPDATE = """
    mutation ($input: RuleSetUpdateInput!) {
      ruleSetUpdate(input: $input) { ruleSet { version } userErrors { field code } }
    }
"""


@pytest.mark.usefixtures("everything_is_answered")
@pytest.mark.parametrize("name", QUERIES)
async def test_a_query_answers_with_every_field(door: Door, name: str) -> None:
    text, variables = document("query", name, QUERIES[name])
    if name == "rulesPreview":
        variables["rules"] = [_rule(mandatory={"categories": ["ADVERT"]})]
    answer = await door.ask(text, **variables)
    assert "errors" not in answer
    assert answer["data"][name]


@pytest.mark.usefixtures("everything_is_answered")
@pytest.mark.parametrize("name", MUTATIONS)
async def test_a_mutation_answers_with_every_field(door: Door, name: str) -> None:
    text, variables = document("mutation", name, MUTATIONS[name])
    if "rules" in variables["input"]:
        variables["input"]["rules"] = [_rule(flexible={"words": ["新年快乐"], "dailyQuota": 3})]
    answer = await door.ask(text, **variables)
    assert "errors" not in answer
    payload = answer["data"][name]
    assert payload.pop("userErrors") == []
    assert all(value is not None for value in payload.values())


def _rule(**level: Any) -> dict[str, Any]:
    return {"key": "ads", "title": "禁止广告", **level}


async def test_a_rule_of_each_level_reaches_the_service(door: Door, services: FakeServices) -> None:
    asked: list[rules_pb2.UpdateRuleSetRequest] = []

    def update(request: rules_pb2.UpdateRuleSetRequest) -> rules_pb2.UpdateRuleSetResponse:
        asked.append(request)
        return rules_pb2.UpdateRuleSetResponse(rule_set=rules_pb2.RuleSet(version=1))

    services.answers["UpdateRuleSet"] = update
    rules = [
        _rule(mandatory={"categories": ["ADVERT"], "points": 5, "ladder": ["MUTE"]}),
        _rule(encouraged={"kinds": ["UGC"], "points": 10, "dailyLimit": 3}),
        _rule(flexible={"stickers": True, "dailyQuota": 20}, enabled=False),
    ]
    answer = await door.ask(UPDATE, input={"rules": rules, "strikesPerRule": True, "expectedVersion": 0})
    assert answer["data"]["ruleSetUpdate"] == {"ruleSet": {"version": 1}, "userErrors": []}
    [request] = asked
    assert (request.strikes_per_rule, request.reminder_minutes) == (True, 15)
    assert [rule.WhichOneof("level") for rule in request.rules] == ["mandatory", "encouraged", "flexible"]
    assert request.rules[0].mandatory.least_verdict == screening_pb2.VERDICT_BLOCK
    assert [rule.enabled for rule in request.rules] == [True, True, False]


@pytest.mark.parametrize(
    "level",
    [{}, {"mandatory": {"categories": ["ADVERT"]}, "flexible": {"stickers": True, "dailyQuota": 1}}],
)
async def test_a_rule_has_one_level(door: Door, level: dict[str, Any]) -> None:
    rules = [_rule(mandatory={"categories": ["ADVERT"]}), _rule(**level)]
    answer = await door.ask(UPDATE, input={"rules": rules, "expectedVersion": 0})
    [error] = answer["data"]["ruleSetUpdate"]["userErrors"]
    assert error == {"field": "rules[1]", "code": "INVALID"}


async def test_refusals_name_the_field_of_the_input(door: Door, services: FakeServices) -> None:
    def refuse(_: object) -> None:
        raise Refuse(
            grpc.StatusCode.INVALID_ARGUMENT, "INVALID_RULE", "because", "rules[0].encouraged.daily_limit"
        )

    services.answers["UpdateRuleSet"] = refuse
    answer = await door.ask(UPDATE, input={"rules": [], "expectedVersion": 0})
    [error] = answer["data"]["ruleSetUpdate"]["userErrors"]
    assert error == {"field": "rules[0].encouraged.dailyLimit", "code": "INVALID_RULE"}


async def test_response_times_by_group_and_by_moderator(door: Door, services: FakeServices) -> None:
    times = rules_pb2.ResponseTimes(violations=2, handled=1, median_seconds=60.0, p90_seconds=90.0)

    def series(request: rules_pb2.ListResponseTimesRequest) -> rules_pb2.ListResponseTimesResponse:
        of_group = request.by == rules_pb2.RESPONDER_GROUP
        point = rules_pb2.ResponsePoint(
            start_date="2026-11-02", responder=uuid("g", 1) if of_group else "ann", times=times
        )
        return rules_pb2.ListResponseTimesResponse(points=[point])

    services.answers["ListResponseTimes"] = series
    text = """
        query ($by: Responder!) {
          responseTimes(fromDate: "2026-11-02", toDate: "2026-11-08", grain: WEEK, by: $by) {
            startDate moderator times { violations medianSeconds }
          }
        }
    """
    for by, moderator in (("MODERATOR", "ann"), ("GROUP", None)):
        answer = await door.ask(text, by=by)
        assert answer["data"]["responseTimes"] == [
            {
                "startDate": "2026-11-02",
                "moderator": moderator,
                "times": {"violations": 2, "medianSeconds": 60.0},
            }
        ]


async def test_an_agent_sees_no_reminders(door: Door, keys: Keys) -> None:
    answer = await door.ask("subscription { moderatorTaskReminded { taskId } }", token=keys.token("agent"))
    assert answer["errors"]
