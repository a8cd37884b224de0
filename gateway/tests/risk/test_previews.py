"""Words and policies that are tried, through the graph: every field, and what the services are asked."""

from __future__ import annotations

import pytest

from gateway.risk.lexicon import LexiconQueries
from gateway.risk.policy_preview import RiskPolicyQueries
from gateway.schema import build_schema
from quanzi.risk.v1 import lexicon_pb2, screening_pb2, violations_pb2

from ..conftest import Door
from ..fakes import FakeServices
from ..segmentation.documents import document
from .test_cases import fields

SCHEMA = build_schema()._schema
QUERIES = fields(SCHEMA.query_type, LexiconQueries) | fields(SCHEMA.query_type, RiskPolicyQueries)
PREVIEW = """
    query ($policy: RiskPolicyInput!) {
      riskPolicyPreview(policy: $policy, days: 3) {
        messages complete changes { before after messages } behaviour { rule before after }
        samples { activityId maskedText before after }
      }
    }
"""


@pytest.mark.usefixtures("everything_is_answered")
@pytest.mark.parametrize("name", QUERIES)
async def test_a_query_answers_with_every_field(door: Door, name: str) -> None:
    text, variables = document("query", name, QUERIES[name])
    answer = await door.ask(text, **variables)
    assert "errors" not in answer
    assert answer["data"][name]


async def test_a_policy_reaches_the_service_as_it_was_given(door: Door, services: FakeServices) -> None:
    asked: list[violations_pb2.PreviewRiskPolicyRequest] = []

    def preview(
        request: violations_pb2.PreviewRiskPolicyRequest,
    ) -> violations_pb2.PreviewRiskPolicyResponse:
        asked.append(request)
        allow, review = screening_pb2.VERDICT_ALLOW, screening_pb2.VERDICT_REVIEW
        return violations_pb2.PreviewRiskPolicyResponse(
            messages=5,
            changes=[lexicon_pb2.VerdictChange(before=allow, after=review, messages=1)],
            behaviour=[violations_pb2.BehaviourCount(rule="flood", before=1, after=2)],
            samples=[lexicon_pb2.LexiconSample(activity_id="a", before=allow, after=review)],
        )

    services.answers["PreviewRiskPolicy"] = preview
    policy = {
        "strikeWindowDays": 30,
        "ladder": ["WARN"],
        "muteHours": 24,
        "taskDeadlineMinutes": 60,
        "floodMessages": 5,
        "floodWindowSeconds": 60,
        "copyGroups": 2,
    }
    answer = await door.ask(PREVIEW, policy=policy)
    assert answer["data"]["riskPolicyPreview"] == {
        "messages": 5,
        "complete": False,
        "changes": [{"before": "ALLOW", "after": "REVIEW", "messages": 1}],
        "behaviour": [{"rule": "flood", "before": 1, "after": 2}],
        "samples": [{"activityId": "a", "maskedText": None, "before": "ALLOW", "after": "REVIEW"}],
    }
    [request] = asked
    assert (request.days, request.policy.flood_messages, request.policy.copy_groups) == (3, 5, 2)
    assert not request.policy.HasField("classifier_review_per_mille"), "absent: as it is"
