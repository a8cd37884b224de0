"""Pages of members and of groups with all their edges take a fixed number of calls."""

from __future__ import annotations

import pytest

from quanzi.paging.v1.paging_pb2 import PageInfo
from quanzi.segmentation.v1 import (
    alerts_pb2,
    groups_pb2,
    indicators_pb2,
    predictions_pb2,
    segments_pb2,
    tiers_pb2,
)

from ..conftest import Door
from ..fakes import FakeServices
from ..test_members import NOW, serve, uuid

MEMBERS = """
query ($first: Int!) {
  members(first: $first) {
    nodes {
      id displayName tier { tier } tags { name judgement } monthlyRfm { recency }
      segments { enteredAt segment { id name } member { id } }
      prediction { expectedValue90dMinor probabilityAlive }
      groups { name }
      openTickets { id subject }
    }
  }
}
"""
GROUPS = """
query ($first: Int!, $from: Date!, $to: Date!) {
  groups(first: $first) {
    nodes {
      name
      indicators(fromDate: $from, toDate: $to, compare: true) { indicators { kind value change } }
      tierDistribution { tier share }
      alerts { id direction group { name } }
    }
  }
}
"""


def members(services: FakeServices) -> None:
    serve(services)
    services.answers.update(
        BatchListMemberSegments=lambda request: segments_pb2.BatchListMemberSegmentsResponse(
            segments=[
                segments_pb2.SegmentMember(segment_id=uuid("s", i % 3), member_id=one, entered_at=NOW)
                for i, one in enumerate(request.member_ids)
            ]
        ),
        BatchGetSegments=lambda request: segments_pb2.BatchGetSegmentsResponse(
            segments=[
                segments_pb2.Segment(
                    id=one,
                    name="高价值",
                    status=segments_pb2.SEGMENT_STATUS_LIVE,
                    created_at=NOW,
                    updated_at=NOW,
                )
                for one in request.ids
            ]
        ),
        BatchGetPredictions=lambda request: predictions_pb2.BatchGetPredictionsResponse(
            predictions=[
                predictions_pb2.Prediction(member_id=one, expected_value_90d_minor=7, as_of=NOW)
                for one in request.member_ids
            ]
        ),
    )


def groups(services: FakeServices) -> None:
    services.answers.update(
        ListGroups=lambda request: groups_pb2.ListGroupsResponse(
            groups=[
                groups_pb2.Group(id=uuid("g", i), name=f"群{i}", created_at=NOW)
                for i in range(request.page.first)
            ],
            page_info=PageInfo(cursors=[f"c{i}" for i in range(request.page.first)]),
        ),
        BatchGetGroups=lambda request: groups_pb2.BatchGetGroupsResponse(
            groups=[groups_pb2.Group(id=one, name="群", created_at=NOW) for one in request.ids]
        ),
        BatchGetGroupIndicators=lambda request: indicators_pb2.BatchGetGroupIndicatorsResponse(
            groups=[
                indicators_pb2.GroupIndicators(
                    group_id=one,
                    from_date=request.from_date,
                    to_date=request.to_date,
                    indicators=[
                        indicators_pb2.Indicator(
                            kind=indicators_pb2.INDICATOR_KIND_CLICK_RATE,
                            status=indicators_pb2.INDICATOR_STATUS_HEALTHY,
                            value=0.2,
                            change=0.25 if request.compare else None,
                        )
                    ],
                )
                for one in request.group_ids
            ]
        ),
        BatchGetTierDistributions=lambda request: tiers_pb2.BatchGetTierDistributionsResponse(
            groups=[
                tiers_pb2.GroupTierDistribution(
                    group_id=one, shares=[tiers_pb2.TierShare(tier=tiers_pb2.TIER_VIP, share=0.1)]
                )
                for one in request.group_ids
            ]
        ),
        BatchListGroupAlerts=lambda request: alerts_pb2.BatchListGroupAlertsResponse(
            alerts=[alert(request.group_ids[0])]
        ),
    )


def alert(group_id: str) -> alerts_pb2.Alert:
    return alerts_pb2.Alert(
        id=uuid("a", 1), group_id=group_id, kind=alerts_pb2.ALERT_KIND_INDICATOR,
        indicator=indicators_pb2.INDICATOR_KIND_CLICK_RATE, status=alerts_pb2.ALERT_STATUS_OPEN,
        direction="优化活动内容", from_date="2026-11-01", to_date="2026-11-07", opened_at=NOW,
    )  # fmt: skip


@pytest.mark.parametrize("first", [5, 50])
async def test_a_page_of_members(door: Door, services: FakeServices, first: int) -> None:
    members(services)
    answer = await door.ask(MEMBERS, first=first)
    assert "errors" not in answer
    assert services.calls == {
        "ListMembers": 1, "BatchListMemberSegments": 1, "BatchGetSegments": 1, "BatchGetPredictions": 1,
        "BatchListMemberships": 1, "BatchGetGroups": 1, "BatchListOpenTickets": 1, "BatchGetMembers": 1,
    }  # fmt: skip
    nodes = answer["data"]["members"]["nodes"]
    assert len(nodes) == first
    assert nodes[0]["segments"][0]["segment"]["name"] == "高价值"
    assert nodes[0]["segments"][0]["member"]["id"] == nodes[0]["id"]
    assert nodes[0]["prediction"]["expectedValue90dMinor"] == 7
    assert nodes[0]["monthlyRfm"] is None


@pytest.mark.parametrize("first", [5, 50])
async def test_a_page_of_groups(door: Door, services: FakeServices, first: int) -> None:
    groups(services)
    answer = await door.ask(GROUPS, first=first, **{"from": "2026-11-01", "to": "2026-11-07"})
    assert "errors" not in answer
    assert services.calls == {
        "ListGroups": 1, "BatchGetGroupIndicators": 1, "BatchGetTierDistributions": 1,
        "BatchListGroupAlerts": 1, "BatchGetGroups": 1,
    }  # fmt: skip
    one, *others = answer["data"]["groups"]["nodes"]
    assert one["indicators"]["indicators"] == [{"kind": "CLICK_RATE", "value": 0.2, "change": 0.25}]
    assert one["alerts"][0]["direction"] == "优化活动内容"
    assert [other["alerts"] for other in others] == [[]] * (first - 1)


async def test_windows_of_one_page_are_asked_for_apart(door: Door, services: FakeServices) -> None:
    groups(services)
    answer = await door.ask("""{ groups(first: 3) { nodes {
        plain: indicators(fromDate: "2026-11-01", toDate: "2026-11-07") { indicators { change } }
        compared: indicators(fromDate: "2026-11-01", toDate: "2026-11-07", compare: true)
          { fromDate indicators { change } }
    } } }""")
    assert services.calls["BatchGetGroupIndicators"] == 2
    one = answer["data"]["groups"]["nodes"][0]
    assert one["plain"]["indicators"] == [{"change": None}]
    assert one["compared"] == {"fromDate": "2026-11-01", "indicators": [{"change": 0.25}]}
