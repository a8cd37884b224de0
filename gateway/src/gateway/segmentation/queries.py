"""Reading groups, members, tiers."""

from datetime import datetime
from typing import Annotated

import strawberry

from gateway.connections import After, Connection, First, connection, page
from gateway.context import Info
from gateway.errors import invalid
from gateway.fields import resolved
from gateway.global_ids import optional_uuid, uuid_of
from gateway.segmentation.tier_policy import RfmCutsProposal, TierPolicy, TierShare
from gateway.segmentation.types import Group, Member, RecordedActivity, Tier, TierAssignment
from gateway.values import number, timestamp
from quanzi.segmentation.v1 import groups_pb2, members_pb2, tiers_pb2

Reference = Annotated[str, strawberry.argument(description="The id at the source, unique in the tenant.")]
InGroup = Annotated[strawberry.ID | None, strawberry.argument(description="Only of this group.")]
OfMember = Annotated[strawberry.ID | None, strawberry.argument(description="Only of this member.")]


@strawberry.type
class SegmentationQueries:
    @resolved("All groups (顾客群), by name.")
    async def groups(self, info: Info, first: First = 20, after: After = None) -> Connection[Group] | None:
        request = groups_pb2.ListGroupsRequest(page=page(info, first, after))
        answer = await info.context.clients.groups.ListGroups(request)
        return connection(map(Group.of, answer.groups), answer.page_info, after)

    @resolved("A group by its external chat id.")
    async def group_by_reference(self, info: Info, external_reference: Reference) -> Group | None:
        request = groups_pb2.LookupGroupsRequest(external_references=[external_reference])
        answer = await info.context.clients.groups.LookupGroups(request)
        return next(map(Group.of, answer.groups), None)

    @resolved("Members (群成员), the latest active first; filters combine with `and`.")
    async def members(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        group: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only members present in it.")
        ] = None,
        tier: Annotated[Tier | None, strawberry.argument(description="Only members of it.")] = None,
        tag: Annotated[str | None, strawberry.argument(description="Only members with it.")] = None,
    ) -> Connection[Member] | None:
        request = members_pb2.ListMembersRequest(
            page=page(info, first, after),
            group_id=optional_uuid(group, "Group", "group"),
            tier=number(tier),
            tag=tag or "",
        )
        answer = await info.context.clients.members.ListMembers(request)
        return connection(map(Member.of, answer.members), answer.page_info, after)

    @resolved("A member by the customer's id at the source.")
    async def member_by_reference(self, info: Info, external_reference: Reference) -> Member | None:
        request = members_pb2.LookupMembersRequest(external_references=[external_reference])
        answer = await info.context.clients.members.LookupMembers(request)
        return next(map(Member.of, answer.members), None)

    @resolved("Activities of a member or of a group, one of them, newest first (行为轨迹).")
    async def activities(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        member: OfMember = None,
        group: InGroup = None,
    ) -> Connection[RecordedActivity] | None:
        if (member is None) == (group is None):
            raise invalid("member", "name a member or a group, one of them")
        request = members_pb2.ListActivitiesRequest(page=page(info, first, after))
        if member is not None:
            request.member_id = uuid_of(member, "Member", "member")
        else:
            request.group_id = optional_uuid(group, "Group", "group")
        answer = await info.context.clients.members.ListActivities(request)
        return connection(map(RecordedActivity.of, answer.activities), answer.page_info, after)

    @resolved("Tier history of a member (层级变化), newest first.")
    async def tier_assignments(
        self,
        info: Info,
        member: Annotated[strawberry.ID, strawberry.argument(description="The member.")],
        first: First = 20,
        after: After = None,
    ) -> Connection[TierAssignment] | None:
        request = tiers_pb2.ListTierAssignmentsRequest(
            member_id=uuid_of(member, "Member", "member"), page=page(info, first, after)
        )
        answer = await info.context.clients.tiers.ListTierAssignments(request)
        return connection(map(TierAssignment.of, answer.assignments), answer.page_info, after)

    @resolved("How members spread over the tiers, in the tenant or in one group.")
    async def tier_distribution(self, info: Info, group: InGroup = None) -> list[TierShare] | None:
        request = tiers_pb2.GetTierDistributionRequest(group_id=optional_uuid(group, "Group", "group"))
        answer = await info.context.clients.tiers.GetTierDistribution(request)
        return [TierShare.of(share) for share in answer.shares]

    @resolved("The tier policy in force (分层规则).")
    async def tier_policy(self, info: Info) -> TierPolicy | None:
        answer = await info.context.clients.tiers.GetTierPolicy(tiers_pb2.GetTierPolicyRequest())
        return TierPolicy.of(answer.policy)

    @resolved("Proposes RFM cut points from the tenant's own orders.")
    async def rfm_cuts_proposal(
        self,
        info: Info,
        as_of: Annotated[datetime | None, strawberry.argument(description="Moment; default now.")] = None,
    ) -> RfmCutsProposal | None:
        request = tiers_pb2.ProposeRfmCutsRequest(as_of=timestamp(as_of) if as_of else None)
        return RfmCutsProposal.of(await info.context.clients.tiers.ProposeRfmCuts(request))
