"""A page of members with all their edges: what it says, and how few calls it takes."""

from __future__ import annotations

from uuid import UUID, uuid5

import grpc
from google.protobuf.timestamp_pb2 import Timestamp

from quanzi.paging.v1.paging_pb2 import PageInfo
from quanzi.segmentation.v1 import groups_pb2, members_pb2, profiles_pb2, tiers_pb2
from quanzi.support.v1 import tickets_pb2

from .conftest import TENANT, Door
from .fakes import FakeServices, Refuse

NOW = Timestamp(seconds=1_800_000_000)
LIST = """
query ($first: Int!) {
  members(first: $first, tier: VIP) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      id displayName lastSeenAt
      tier { tier assignedAt reason { rule netSpendMinor } }
      tags { name source }
      groups { id name }
      openTickets { id subject status member { id } }
    }
  }
}
"""


def uuid(kind: str, i: int) -> str:
    return str(uuid5(UUID(int=0), f"{kind}{i}"))


def member(i: int) -> members_pb2.Member:
    reason = tiers_pb2.TierReason(rule="net_spend_30d >= 500000", net_spend_minor=5_000_000_000)
    return members_pb2.Member(
        id=uuid("m", i),
        external_reference=f"wm{i}",
        display_name=f"成员{i}",
        first_seen_at=NOW,
        last_seen_at=NOW,
        tier=tiers_pb2.TierAssignment(tier=tiers_pb2.TIER_VIP, assigned_at=NOW, reason=reason),
        tags=[members_pb2.Tag(name="老客", source=members_pb2.TAG_SOURCE_RULE, tagged_at=NOW)],
    )


def serve(services: FakeServices) -> None:
    services.answers.update(
        ListMembers=lambda request: members_pb2.ListMembersResponse(
            members=[member(i) for i in range(request.page.first)],
            page_info=PageInfo(
                cursors=[f"c{i}" for i in range(request.page.first)],
                has_next_page=True,
                total_count=120 if request.page.count_total else None,
            ),
        ),
        BatchGetMembers=lambda request: members_pb2.BatchGetMembersResponse(
            members=[member(i) for i in range(50) if uuid("m", i) in request.ids]
        ),
        BatchResolveMembers=lambda _: profiles_pb2.BatchResolveMembersResponse(),
        BatchListMemberships=lambda request: members_pb2.BatchListMembershipsResponse(
            memberships=[
                members_pb2.Membership(member_id=one, group_id=uuid("g", i % 3), joined_at=NOW)
                for i, one in enumerate(request.member_ids)
            ]
        ),
        BatchGetGroups=lambda request: groups_pb2.BatchGetGroupsResponse(
            groups=[
                groups_pb2.Group(id=one, name="群", external_reference=one, created_at=NOW)
                for one in request.ids
            ]
        ),
        BatchListOpenTickets=lambda request: tickets_pb2.BatchListOpenTicketsResponse(
            tickets=[
                tickets_pb2.Ticket(
                    id=uuid("t", i),
                    member_id=one,
                    status=tickets_pb2.TICKET_STATUS_QUEUED,
                    tier=tickets_pb2.SUPPORT_TIER_DUTY,
                    subject="退款",
                    opened_at=NOW,
                )
                for i, one in enumerate(request.member_ids)
            ]
        ),
    )


async def test_a_page_with_all_edges_takes_a_fixed_number_of_calls(
    door: Door, services: FakeServices
) -> None:
    for first in (5, 50):
        services.forget()
        serve(services)
        answer = await door.ask(LIST, first=first)
        assert "errors" not in answer
        nodes = answer["data"]["members"]["nodes"]
        assert len(nodes) == first
        assert services.calls == {
            "ListMembers": 1, "BatchListMemberships": 1, "BatchGetGroups": 1,
            "BatchListOpenTickets": 1, "BatchGetMembers": 1,
        }  # fmt: skip
    one = nodes[0]
    assert one["id"] == f"gid://quanzi/Member/{uuid('m', 0)}"
    assert one["lastSeenAt"] == "2027-01-15T08:00:00Z"
    assert one["tier"]["reason"] == {"rule": "net_spend_30d >= 500000", "netSpendMinor": 5_000_000_000}
    assert one["tags"] == [{"name": "老客", "source": "RULE"}]
    assert one["openTickets"][0]["member"]["id"] == one["id"]
    assert answer["data"]["members"]["totalCount"] == 120
    assert {caller.tenant_id for caller in services.callers} == {TENANT}
    assert {caller.issuer for caller in services.callers} == {"gateway"}


async def test_the_total_is_counted_only_if_selected(door: Door, services: FakeServices) -> None:
    serve(services)
    seen = []
    listing = services.answers["ListMembers"]
    services.answers["ListMembers"] = lambda request: (
        seen.append(request.page.count_total) or listing(request)
    )
    await door.ask("{ members { nodes { id } } }")
    await door.ask("{ members { ...c } } fragment c on MemberConnection { totalCount }")
    assert seen == [False, True]


async def test_a_service_that_is_down_makes_its_own_fields_null(door: Door, services: FakeServices) -> None:
    serve(services)

    def away(_request: object) -> None:
        raise Refuse(grpc.StatusCode.UNAVAILABLE, message="connection refused to 10.0.0.7")

    services.answers["BatchListOpenTickets"] = away
    answer = await door.ask(LIST, first=2)
    nodes = answer["data"]["members"]["nodes"]
    assert [node["openTickets"] for node in nodes] == [None, None]
    assert nodes[0]["groups"][0]["name"] == "群"
    codes = {error["extensions"]["code"] for error in answer["errors"]}
    assert codes == {"SERVICE_UNAVAILABLE"}
    assert "10.0.0.7" not in str(answer)


async def test_first_out_of_bounds_and_foreign_ids_are_refused(door: Door) -> None:
    for query, field in (
        ("{ members(first: 101) { nodes { id } } }", "first"),
        ('{ node(id: "gid://quanzi/Nothing/00000000-0000-0000-0000-000000000000") { id } }', "id"),
        (
            '{ members(group: "gid://quanzi/Member/00000000-0000-0000-0000-000000000000") { totalCount } }',
            "group",
        ),
        ('{ node(id: "42") { id } }', "id"),
    ):
        (error,) = (await door.ask(query))["errors"]
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
        assert error["extensions"]["field"] == field


async def test_nodes_answer_each_for_itself(door: Door, services: FakeServices) -> None:
    serve(services)
    ids = [f"gid://quanzi/Member/{uuid('m', i)}" for i in (1, 99)] + [f"gid://quanzi/Claim/{uuid('x', 1)}"]
    answer = await door.ask(
        "query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Member { displayName } } }", ids=ids
    )
    assert answer["data"]["nodes"] == [{"id": ids[0], "displayName": "成员1"}, None, None]
    (error,) = answer["errors"]
    assert error["path"] == ["nodes", 2]
    assert error["extensions"]["code"] == "INTERNAL"
    assert services.calls["BatchGetMembers"] == 1


async def test_a_member_that_was_merged_away_leads_to_the_one_that_goes_on(
    door: Door, services: FakeServices
) -> None:
    serve(services)
    away, goes_on, nobody = (uuid("m", i) for i in (98, 1, 99))
    services.answers["BatchResolveMembers"] = lambda request: profiles_pb2.BatchResolveMembersResponse(
        ids={one: goes_on for one in request.ids if one == away}
    )
    ids = [f"gid://quanzi/Member/{one}" for one in (away, goes_on, nobody)]
    answer = await door.ask("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=ids)
    assert answer["data"]["nodes"] == [{"id": ids[1]}, {"id": ids[1]}, None]
    assert services.calls == {"BatchGetMembers": 2, "BatchResolveMembers": 1}
