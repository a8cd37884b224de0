"""Conditions: given as a tree, shown as a tree, and in one piece that can be given back."""

from __future__ import annotations

from typing import Any

import pytest

from quanzi.inbound.v1.activity_pb2 import ACTIVITY_KIND_CHECK_IN
from quanzi.paging.v1.paging_pb2 import PageInfo
from quanzi.segmentation.v1 import segments_pb2, tiers_pb2

from ..conftest import Door
from ..fakes import FakeServices
from ..test_members import NOW, uuid

GROUP = f"gid://quanzi/Group/{uuid('g', 1)}"
TESTS: list[dict[str, Any]] = [
    {"profile": {"field": "DISPLAY_NAME", "match": "STARTS_WITH", "text": "小"}},
    {"tag": {"name": "老客"}},
    {"tier": {"tiers": ["VIP", "DORMANT"]}},
    {"rfm": {"dimension": "MONETARY", "score": {"min": 4}}},
    {"orders": {"measure": "NET_SPEND_MINOR", "withinDays": 90, "value": {"min": 0, "max": 5_000_000_000}}},
    {"activities": {"kinds": ["CHECK_IN"], "withinDays": 7, "group": GROUP, "count": {"min": 3}}},
    {"group": {"groups": [GROUP]}},
    {"seen": {"sight": "LAST", "daysAgo": {"max": 30}}},
    {"consent": {"purpose": "marketing", "state": "GIVEN"}},
]
TREE = {"any": [{"all": TESTS}, {"not": {"tag": {"name": "员工"}}}]}
CREATE = """
mutation ($input: SegmentCreateInput!) {
  segmentCreate(input: $input) { segment { id conditionJson } userErrors { field code } }
}
"""
SHOW = """
{ segments { nodes { condition {
  any { all { tag { name } orders { measure withinDays value { min max } }
        activities { kinds withinDays count { min max } } tier { tiers } }
        not { tag { name } } }
} } } }
"""


@pytest.fixture
def saved(services: FakeServices) -> list[segments_pb2.Condition]:
    """Conditions as the service gets them; it answers what it got last."""
    found: list[segments_pb2.Condition] = []

    def segment() -> segments_pb2.Segment:
        return segments_pb2.Segment(
            id=uuid("s", 1), condition=found[-1], status=segments_pb2.SEGMENT_STATUS_LIVE,
            created_at=NOW, updated_at=NOW,
        )  # fmt: skip

    def create(request: segments_pb2.CreateSegmentRequest) -> segments_pb2.CreateSegmentResponse:
        found.append(request.condition)
        return segments_pb2.CreateSegmentResponse(segment=segment())

    services.answers["CreateSegment"] = create
    services.answers["ListSegments"] = lambda _: segments_pb2.ListSegmentsResponse(
        segments=[segment()], page_info=PageInfo(cursors=["c"])
    )
    return found


async def _create(door: Door, condition: object) -> dict[str, Any]:
    values = {"idempotencyKey": "k", "name": "人群", "condition": condition}
    return await door.ask(CREATE, input=values)


async def test_a_condition_comes_back_as_it_was_given(
    door: Door, saved: list[segments_pb2.Condition]
) -> None:
    payload = (await _create(door, TREE))["data"]["segmentCreate"]
    assert payload["segment"]["conditionJson"] == TREE
    await _create(door, payload["segment"]["conditionJson"])
    assert saved[0] == saved[1]
    activities = saved[0].any.conditions[0].all.conditions[5].activities
    assert (activities.group_id, list(activities.kinds)) == (uuid("g", 1), [ACTIVITY_KIND_CHECK_IN])
    assert saved[0].any.conditions[0].all.conditions[2].tier.tiers == [
        tiers_pb2.TIER_VIP,
        tiers_pb2.TIER_DORMANT,
    ]
    spend = saved[0].any.conditions[0].all.conditions[4].orders.value
    assert spend.HasField("min"), "a lower end of 0 is an end"


async def test_it_is_shown_as_a_tree(door: Door, saved: list[segments_pb2.Condition]) -> None:
    await _create(door, TREE)
    [segment] = (await door.ask(SHOW))["data"]["segments"]["nodes"]
    every, none = segment["condition"]["any"]
    assert none["not"] == {"tag": {"name": "员工"}}
    assert every["not"] is None
    assert every["all"][1]["tag"] == {"name": "老客"}
    assert every["all"][4]["orders"] == TESTS[4]["orders"]
    assert every["all"][5]["activities"]["count"] == {"min": 3, "max": None}
    assert every["all"][2]["tier"]["tiers"] == ["VIP", "DORMANT"]


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"tag": None},
        {"tag": {"name": "a"}, "tier": {"tiers": ["VIP"]}},
        {"any": [{"tag": {"name": "a"}, "not": {"tag": {"name": "b"}}}]},
    ],
)
async def test_exactly_one_field_is_given(
    door: Door, services: FakeServices, saved: list[segments_pb2.Condition], condition: object
) -> None:
    answer = await _create(door, condition)
    assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert services.calls == {}


async def test_the_id_of_another_type_is_the_users_error(
    door: Door, saved: list[segments_pb2.Condition]
) -> None:
    given = {"group": {"groups": [f"gid://quanzi/Member/{uuid('m', 1)}"]}}
    payload = (await _create(door, given))["data"]["segmentCreate"]
    assert payload["userErrors"] == [{"field": "condition.group.groups", "code": "INVALID"}]
