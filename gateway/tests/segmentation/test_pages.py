"""Pages of members and of groups with all their edges take a fixed number of calls."""

from __future__ import annotations

import grpc
import pytest

from quanzi.paging.v1.paging_pb2 import PageInfo
from quanzi.segmentation.v1 import (
    alerts_pb2,
    groups_pb2,
    indicators_pb2,
    predictions_pb2,
    profiles_pb2,
    segments_pb2,
    tiers_pb2,
)

from ..conftest import Door
from ..fakes import FakeServices, Refuse
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
LISTS = """
query ($first: Int!) {
  members(first: $first) {
    nodes {
      id
      tierAssignments(first: 3) { nodes { tier } pageInfo { endCursor hasPreviousPage } }
      timeline(first: 2, kinds: [ORDER]) { nodes { kind } totalCount }
    }
  }
  segments { nodes { members(first: 5) { nodes { member { id } } } } }
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


def lists(services: FakeServices) -> None:
    assignment = tiers_pb2.TierAssignment(tier=tiers_pb2.TIER_VIP, assigned_at=NOW)
    entry = profiles_pb2.TimelineEntry(kind=profiles_pb2.TIMELINE_KIND_ORDER, occurred_at=NOW)

    def timelines(
        request: profiles_pb2.BatchListTimelinesRequest,
    ) -> profiles_pb2.BatchListTimelinesResponse:
        if request.page.after:
            raise Refuse(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_CURSOR", field="after")
        assert list(request.kinds) == [profiles_pb2.TIMELINE_KIND_ORDER]
        return profiles_pb2.BatchListTimelinesResponse(
            timelines=[
                profiles_pb2.MemberTimeline(
                    member_id=one,
                    entries=[entry] * request.page.first,
                    page_info=PageInfo(cursors=["c"] * request.page.first, total_count=7),
                )
                for one in request.member_ids
            ]
        )

    services.answers.update(
        BatchListTimelines=timelines,
        BatchListTierAssignments=lambda request: tiers_pb2.BatchListTierAssignmentsResponse(
            members=[
                tiers_pb2.MemberTierAssignments(
                    member_id=one,
                    assignments=[assignment] * request.page.first,
                    page_info=PageInfo(cursors=[f"gid://quanzi/Member/{one}"] * request.page.first),
                )
                for one in request.member_ids
            ]
        ),
        ListSegments=lambda _: segments_pb2.ListSegmentsResponse(
            segments=[
                segments_pb2.Segment(
                    id=uuid("s", i),
                    status=segments_pb2.SEGMENT_STATUS_LIVE,
                    created_at=NOW,
                    updated_at=NOW,
                )
                for i in range(3)
            ],
            page_info=PageInfo(cursors=["a", "b", "c"]),
        ),
        BatchListSegmentMembers=lambda request: segments_pb2.BatchListSegmentMembersResponse(
            segments=[
                segments_pb2.SegmentMembers(
                    segment_id=one,
                    members=[
                        segments_pb2.SegmentMember(segment_id=one, member_id=uuid("m", i), entered_at=NOW)
                        for i in range(request.page.first)
                    ],
                    page_info=PageInfo(cursors=["c"] * request.page.first),
                )
                for one in request.segment_ids
            ]
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
async def test_lists_of_a_page_of_members(door: Door, services: FakeServices, first: int) -> None:
    members(services)
    lists(services)
    answer = await door.ask(LISTS, first=first)
    assert "errors" not in answer
    assert services.calls == {
        "ListMembers": 1, "BatchListTierAssignments": 1, "BatchListTimelines": 1,
        "ListSegments": 1, "BatchListSegmentMembers": 1, "BatchGetMembers": 1,
    }  # fmt: skip
    for node in answer["data"]["members"]["nodes"]:
        assert node["tierAssignments"]["nodes"] == [{"tier": "VIP"}] * 3
        assert node["tierAssignments"]["pageInfo"] == {"endCursor": node["id"], "hasPreviousPage": False}
        assert node["timeline"] == {"nodes": [{"kind": "ORDER"}] * 2, "totalCount": 7}
    assert [len(it["members"]["nodes"]) for it in answer["data"]["segments"]["nodes"]] == [5, 5, 5]


async def test_a_cursor_of_another_list_spoils_its_own_field_alone(
    door: Door, services: FakeServices
) -> None:
    members(services)
    lists(services)
    answer = await door.ask("""{ members(first: 2) { nodes {
        timeline(first: 2, kinds: [ORDER]) { nodes { kind } }
        following: timeline(first: 2, kinds: [ORDER], after: "x") { nodes { kind } }
    } } }""")
    assert services.calls["BatchListTimelines"] == 2
    assert {it["extensions"]["code"] for it in answer["errors"]} == {"BAD_USER_INPUT"}
    assert {it["path"][-1] for it in answer["errors"]} == {"following"}
    for node in answer["data"]["members"]["nodes"]:
        assert node["following"] is None
        assert len(node["timeline"]["nodes"]) == 2


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
