"""Reading groups and members, and all else that segmentation answers."""

from typing import Annotated

import strawberry

from gateway.connections import After, Connection, First, connection, page, place
from gateway.context import Info
from gateway.errors import invalid
from gateway.fields import resolved
from gateway.global_ids import optional_uuid, uuid_of
from gateway.segmentation.activities import RecordedActivity
from gateway.segmentation.alerts import AlertQueries
from gateway.segmentation.arguments import InGroup, OfMember, Reference
from gateway.segmentation.cohorts import CohortQueries
from gateway.segmentation.consents import ConsentQueries
from gateway.segmentation.erasures import ErasureQueries
from gateway.segmentation.funnel import FunnelQueries
from gateway.segmentation.groups import Group
from gateway.segmentation.indicator_policy import IndicatorPolicyQueries
from gateway.segmentation.indicator_queries import IndicatorQueries
from gateway.segmentation.league import LeagueQueries
from gateway.segmentation.lifetime_values import LifetimeValueQueries
from gateway.segmentation.lost_customers import LostCustomerQueries
from gateway.segmentation.members import Member
from gateway.segmentation.merges import MergeQueries
from gateway.segmentation.operations import OperationQueries
from gateway.segmentation.prediction_policy import PredictionPolicyQueries
from gateway.segmentation.predictions import PredictionQueries
from gateway.segmentation.segments import SegmentQueries
from gateway.segmentation.tag_rules import TagQueries
from gateway.segmentation.tier_distribution import TierDistributionQueries
from gateway.segmentation.tier_policy import TierPolicyQueries
from gateway.segmentation.tier_preview import TierPreviewQueries
from gateway.segmentation.tiers import Tier, TierAssignment
from gateway.values import number
from quanzi.segmentation.v1 import groups_pb2, members_pb2


@strawberry.type
class GroupAndMemberQueries:
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
        key = uuid_of(member, "Member", "member"), place(info, first, after)
        return await info.context.loaders.segmentation.tier_assignments.load(key)


@strawberry.type
class SegmentationQueries(
    GroupAndMemberQueries,
    TierDistributionQueries,
    TierPolicyQueries,
    TierPreviewQueries,
    SegmentQueries,
    TagQueries,
    MergeQueries,
    ConsentQueries,
    LostCustomerQueries,
    PredictionQueries,
    PredictionPolicyQueries,
    LifetimeValueQueries,
    IndicatorQueries,
    CohortQueries,
    FunnelQueries,
    LeagueQueries,
    IndicatorPolicyQueries,
    AlertQueries,
    OperationQueries,
    ErasureQueries,
):
    pass
