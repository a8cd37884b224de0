"""Refusals of segmentation: the code of the mutation, and the field as the input calls it."""

from __future__ import annotations

from typing import Any

import pytest
from grpc import StatusCode

from ..conftest import Door
from ..fakes import FakeServices, Refuse
from ..test_members import uuid

ALERT = f"gid://quanzi/Alert/{uuid('a', 1)}"
SEGMENT = f"gid://quanzi/Segment/{uuid('s', 1)}"
RULE = f"gid://quanzi/TagRule/{uuid('r', 1)}"
MEMBER, OTHER = (f"gid://quanzi/Member/{uuid('m', i)}" for i in (1, 2))
CONDITION = {"all": [{"orders": {"measure": "COUNT", "value": {"min": 3, "max": 2}}}]}
PATH = "condition.all.conditions[0].orders.value"
KEYED = {"idempotencyKey": "k"}
CASES: list[tuple[str, dict[str, Any], str, Refuse, tuple[str, str | None]]] = [
    (
        "alertAcknowledge", {"alert": ALERT}, "AcknowledgeAlert",
        Refuse(StatusCode.FAILED_PRECONDITION, "ALERT_ALREADY_CLOSED", field="id"),
        ("ALERT_ALREADY_CLOSED", "alert"),
    ),
    (
        "alertSnooze", {"alert": ALERT, "until": "2020-01-01T00:00:00Z"}, "SnoozeAlert",
        Refuse(StatusCode.INVALID_ARGUMENT, "INVALID_SNOOZE", field="until"), ("INVALID", "until"),
    ),
    (
        "segmentCreate", {**KEYED, "name": "x", "condition": CONDITION}, "CreateSegment",
        Refuse(StatusCode.INVALID_ARGUMENT, "INVALID_CONDITION", field=PATH),
        ("INVALID_CONDITION", "condition.all[0].orders.value"),
    ),
    (
        "segmentUpdate", {"segment": SEGMENT, "expectedVersion": 1, "name": "x", "condition": CONDITION},
        "UpdateSegment", Refuse(StatusCode.ABORTED, "STALE_VERSION", field="expected_version"),
        ("STALE_VERSION", "expectedVersion"),
    ),
    (
        "tagRuleCreate", {**KEYED, "name": "x", "when": {"condition": CONDITION}}, "SaveTagRule",
        Refuse(StatusCode.INVALID_ARGUMENT, "INVALID_CONDITION", field=PATH),
        ("INVALID_CONDITION", "when.condition.all[0].orders.value"),
    ),
    (
        "tagRuleCreate", {"idempotencyKey": "", "name": "x", "when": {"keywords": ["贵"]}}, "SaveTagRule",
        Refuse(StatusCode.INTERNAL), ("INVALID", "idempotencyKey"),
    ),
    (
        "tagRuleUpdate",
        {"rule": RULE, "expectedVersion": 1, "name": "x", "enabled": True, "when": {"keywords": ["贵"]}},
        "SaveTagRule", Refuse(StatusCode.NOT_FOUND, "TAG_RULE_NOT_FOUND", field="id"), ("NOT_FOUND", "rule"),
    ),
    (
        "consentPolicyUpdate", {"policy": {"purposes": [{"code": "a", "name": "甲"}]}, "expectedVersion": 0},
        "UpdateConsentPolicy",
        Refuse(StatusCode.INVALID_ARGUMENT, "INVALID_CONSENT_POLICY", field="policy.purposes[1].code"),
        ("INVALID_CONSENT_POLICY", "policy.purposes[1].code"),
    ),
    (
        "membersMerge", {"member": MEMBER, "mergedMember": OTHER, "reason": "同一人"}, "MergeMembers",
        Refuse(StatusCode.FAILED_PRECONDITION, "ALREADY_MERGED", field="merged_member_id"),
        ("ALREADY_MERGED", "mergedMember"),
    ),
    (
        "segmentExport", {**KEYED, "segment": SEGMENT, "format": "NDJSON"}, "StartSegmentExport",
        Refuse(StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_OPERATIONS"), ("TOO_MANY_OPERATIONS", None),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("mutation", "values", "call", "refusal", "expected"), CASES)
async def test_a_refusal(
    door: Door, services: FakeServices, mutation: str, values: Any, call: str, refusal: Refuse, expected: Any
) -> None:
    def refuse(_: object) -> None:
        raise refusal

    services.answers[call] = refuse
    kind = f"{mutation[0].upper()}{mutation[1:]}Input"
    answer = await door.ask(
        f"mutation ($input: {kind}!) {{ {mutation}(input: $input) {{ userErrors {{ code field }} }} }}",
        input=values,
    )
    [error] = answer["data"][mutation]["userErrors"]
    assert (error["code"], error["field"]) == expected
