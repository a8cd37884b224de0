"""Members found to be one customer, and members present in several groups."""

from datetime import datetime
from typing import Annotated, Self

import strawberry

from gateway.connections import After, Connection, First, connection, page
from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import Node, global_id, optional_uuid, uuid_of
from gateway.mutation import Input, Payload, mutation, payload
from gateway.segmentation.arguments import OfMember
from gateway.segmentation.groups import Group
from gateway.segmentation.members import Member
from gateway.values import moment, optional_moment
from quanzi.segmentation.v1 import profiles_pb2


@strawberry.type(description="Two members found to be one customer (成员合并).")
class Merge(Node):
    reason: str = strawberry.field(description="Why.")
    merged_by: str = strawberry.field(description="Who merged them.")
    merged_at: datetime = strawberry.field(description="When.")
    reversed_at: datetime | None = strawberry.field(description="Null while in force.")
    reversed_by: str | None = strawberry.field(description="Who reversed it.")
    merged_member_id: strawberry.ID = strawberry.field(
        description="Global id of the member that went into the other; while merged it leads to that one."
    )
    message: strawberry.Private[profiles_pb2.Merge]

    @resolved("The member that goes on.")
    async def member(self, info: Info) -> Member | None:
        return await info.context.loaders.segmentation.member(self.message.member_id)

    @classmethod
    def of(cls, merge: profiles_pb2.Merge) -> Self:
        return cls(
            id=global_id("Merge", merge.id),
            reason=merge.reason,
            merged_by=merge.merged_by,
            merged_at=moment(merge.merged_at),
            reversed_at=optional_moment(merge.reversed_at),
            reversed_by=merge.reversed_by or None,
            merged_member_id=global_id("Member", merge.merged_member_id),
            message=merge,
        )


@strawberry.type(description="A member present in several groups (跨群重复).")
class MultiGroupMember:
    group_count: int = strawberry.field(description="Groups the member is in.")
    message: strawberry.Private[profiles_pb2.MultiGroupMember]

    @resolved("The member.")
    async def member(self, info: Info) -> Member | None:
        return await info.context.loaders.segmentation.member(self.message.member_id)

    @resolved("The groups.")
    def groups(self, info: Info) -> list[Group | None]:
        loaders = info.context.loaders.segmentation
        return [loaders.group(uuid) for uuid in self.message.group_ids]  # type: ignore[misc] # each awaited alone

    @classmethod
    def of(cls, member: profiles_pb2.MultiGroupMember) -> Self:
        return cls(group_count=len(member.group_ids), message=member)


@strawberry.input(description="Input of `membersMerge`.")
class MembersMergeInput:
    member: strawberry.ID = strawberry.field(description="The member that goes on.")
    merged_member: strawberry.ID = strawberry.field(description="The member that goes into it.")
    reason: str = strawberry.field(description="Why, 1 to 500 characters.")


@payload("INVALID_MERGE", "ALREADY_MERGED")
class MembersMergePayload(Payload):
    merge: Merge | None = strawberry.field(description="The merge.", default=None)


@strawberry.input(description="Input of `mergeReverse`.")
class MergeReverseInput:
    merge: strawberry.ID = strawberry.field(description="The merge, the latest of its member.")


@payload("NOT_LATEST_MERGE")
class MergeReversePayload(Payload):
    merge: Merge | None = strawberry.field(description="The merge.", default=None)


@strawberry.type
class MergeQueries:
    @resolved("Merges of members (成员合并), newest first.")
    async def merges(
        self, info: Info, first: First = 20, after: After = None, member: OfMember = None
    ) -> Connection[Merge] | None:
        request = profiles_pb2.ListMergesRequest(
            page=page(info, first, after), member_id=optional_uuid(member, "Member", "member")
        )
        answer = await info.context.clients.profiles.ListMerges(request)
        return connection(map(Merge.of, answer.merges), answer.page_info, after)

    @resolved("Members present in several groups (跨群重复), those in most groups first.")
    async def multi_group_members(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        min_groups: Annotated[int, strawberry.argument(description="In at least so many, 2 to 100.")] = 2,
    ) -> Connection[MultiGroupMember] | None:
        request = profiles_pb2.ListMultiGroupMembersRequest(
            page=page(info, first, after), min_groups=min_groups
        )
        answer = await info.context.clients.profiles.ListMultiGroupMembers(request)
        return connection(map(MultiGroupMember.of, answer.members), answer.page_info, after)


@strawberry.type
class MergeMutations:
    @mutation("Makes one member of two (合并成员): what the one did is the other's, now and in future.")
    async def members_merge(self, info: Info, input: Input[MembersMergeInput]) -> MembersMergePayload | None:
        request = profiles_pb2.MergeMembersRequest(
            member_id=uuid_of(input.member, "Member", "member"),
            merged_member_id=uuid_of(input.merged_member, "Member", "mergedMember"),
            reason=input.reason,
        )
        answer = await info.context.clients.profiles.MergeMembers(request)
        return MembersMergePayload(merge=Merge.of(answer.merge))

    @mutation("Separates two members again (撤销合并), as they would be had they never been merged.")
    async def merge_reverse(self, info: Info, input: Input[MergeReverseInput]) -> MergeReversePayload | None:
        request = profiles_pb2.ReverseMergeRequest(merge_id=uuid_of(input.merge, "Merge", "merge"))
        answer = await info.context.clients.profiles.ReverseMerge(request)
        return MergeReversePayload(merge=Merge.of(answer.merge))
