"""Registering groups, tagging members, changing the tier policy."""

import strawberry

from gateway.context import Info
from gateway.global_ids import uuid_of
from gateway.mutation import Input, Payload, mutation, payload
from gateway.segmentation.tier_policy import TierPolicy, TierPolicyInput
from gateway.segmentation.types import Group, Member
from quanzi.segmentation.v1 import groups_pb2, members_pb2, tiers_pb2


@strawberry.input(description="Input of `groupRegister`.")
class GroupRegisterInput:
    external_reference: str = strawberry.field(description="External chat id, 1 to 250 characters.")
    name: str = strawberry.field(description="Name shown to operators, 1 to 100 characters.")
    owner: str = strawberry.field(description="Staff user id of the owner (群主).", default="")


@payload()
class GroupRegisterPayload(Payload):
    group: Group | None = strawberry.field(description="The group.", default=None)


@strawberry.input(description="Input of `memberTag`.")
class MemberTagInput:
    member: strawberry.ID = strawberry.field(description="The member.")
    add: list[str] = strawberry.field(description="Tags to set, at most 20.", default_factory=list)
    remove: list[str] = strawberry.field(description="Tags to remove, at most 20.", default_factory=list)


@payload()
class MemberTagPayload(Payload):
    member: Member | None = strawberry.field(description="The member with its tags.", default=None)


@strawberry.input(description="Input of `tierPolicyUpdate`.")
class TierPolicyUpdateInput:
    policy: TierPolicyInput = strawberry.field(description="The new policy, whole.")
    expected_version: int = strawberry.field(description="Version you read; another one is refused.")


@payload("STALE_VERSION")
class TierPolicyUpdatePayload(Payload):
    policy: TierPolicy | None = strawberry.field(description="The new policy.", default=None)
    changed_members: int | None = strawberry.field(description="Members whose tier changed.", default=None)


@strawberry.type
class SegmentationMutations:
    @mutation(
        "Registers a group (登记顾客群); a known external reference answers the group it names, renamed."
    )
    async def group_register(
        self, info: Info, input: Input[GroupRegisterInput]
    ) -> GroupRegisterPayload | None:
        request = groups_pb2.RegisterGroupRequest(
            external_reference=input.external_reference, name=input.name, owner=input.owner
        )
        answer = await info.context.clients.groups.RegisterGroup(request)
        return GroupRegisterPayload(group=Group.of(answer.group))

    @mutation("Sets and removes manual tags of a member (打标签).")
    async def member_tag(self, info: Info, input: Input[MemberTagInput]) -> MemberTagPayload | None:
        request = members_pb2.TagMemberRequest(
            member_id=uuid_of(input.member, "Member", "member"), add=input.add, remove=input.remove
        )
        answer = await info.context.clients.members.TagMember(request)
        return MemberTagPayload(member=Member.of(answer.member))

    @mutation("Replaces the tier policy (分层规则) and decides every member's tier again.")
    async def tier_policy_update(
        self, info: Info, input: Input[TierPolicyUpdateInput]
    ) -> TierPolicyUpdatePayload | None:
        request = tiers_pb2.UpdateTierPolicyRequest(
            policy=input.policy.message(), expected_version=input.expected_version
        )
        answer = await info.context.clients.tiers.UpdateTierPolicy(request)
        return TierPolicyUpdatePayload(policy=TierPolicy.of(answer.policy), changed_members=answer.changed)
