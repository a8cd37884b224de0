"""Tagging members by hand and by rule, and judging what rules did."""

import strawberry

from gateway.context import Info
from gateway.errors import invalid
from gateway.global_ids import uuid_of
from gateway.mutation import IDEMPOTENCY_KEY, Input, Payload, mutation, payload
from gateway.segmentation.condition_inputs import ConditionInput
from gateway.segmentation.members import Member
from gateway.segmentation.tag_rules import TagRule
from gateway.segmentation.tags import TagJudgement
from gateway.values import number
from quanzi.segmentation.v1 import members_pb2, tags_pb2

_TAG = "The tag it sets, 1 to 50 characters."
_WHEN = "When it sets the tag."
_WHEN_NAMES = {"condition": "when.condition", "keywords": "when.keywords"}
_ENABLED = "Whether it works."


@strawberry.input(description="Input of `memberTag`.")
class MemberTagInput:
    member: strawberry.ID = strawberry.field(description="The member.")
    add: list[str] = strawberry.field(description="Tags to set, at most 20.", default_factory=list)
    remove: list[str] = strawberry.field(description="Tags to remove, at most 20.", default_factory=list)


@payload()
class MemberTagPayload(Payload):
    member: Member | None = strawberry.field(description="The member with its tags.", default=None)


@strawberry.input(one_of=True, description="When a rule sets its tag: one field is given.")
class TagRuleWhenInput:
    condition: ConditionInput | None = strawberry.field(
        description="The tag is there while this holds; it cannot look at tags.", default=strawberry.UNSET
    )
    keywords: list[str] | None = strawberry.field(
        description="The first message with one of these 1 to 100 words sets the tag, which stays.",
        default=strawberry.UNSET,
    )

    def into(self, request: tags_pb2.SaveTagRuleRequest) -> tags_pb2.SaveTagRuleRequest:
        if self.condition:
            request.condition.CopyFrom(self.condition.message())
        else:
            request.keywords.CopyFrom(tags_pb2.Keywords(words=self.keywords))
        return request


@strawberry.input(description="Input of `tagRuleCreate`.")
class TagRuleCreateInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    name: str = strawberry.field(description=_TAG)
    when: TagRuleWhenInput = strawberry.field(description=_WHEN)
    enabled: bool = strawberry.field(description=_ENABLED, default=True)


@payload(
    "IDEMPOTENCY_KEY_REUSED", "INVALID_CONDITION", "INVALID_TAG_RULE", "TOO_MANY_TAG_RULES", **_WHEN_NAMES
)
class TagRuleCreatePayload(Payload):
    rule: TagRule | None = strawberry.field(description="The rule.", default=None)


@strawberry.input(description="Input of `tagRuleUpdate`.")
class TagRuleUpdateInput:
    rule: strawberry.ID = strawberry.field(description="The rule.")
    expected_version: int = strawberry.field(description="Version you read; another one is refused.")
    name: str = strawberry.field(description=_TAG)
    when: TagRuleWhenInput = strawberry.field(description=_WHEN)
    enabled: bool = strawberry.field(description=_ENABLED)


@payload("STALE_VERSION", "INVALID_CONDITION", "INVALID_TAG_RULE", id="rule", **_WHEN_NAMES)
class TagRuleUpdatePayload(Payload):
    rule: TagRule | None = strawberry.field(description="The rule.", default=None)


@strawberry.input(description="Input of `tagRuleDelete`.")
class TagRuleDeleteInput:
    rule: strawberry.ID = strawberry.field(description="The rule.")


@payload(id="rule")
class TagRuleDeletePayload(Payload):
    deleted_rule_id: strawberry.ID | None = strawberry.field(
        description="Global id of the rule that is no more.", default=None
    )


@strawberry.input(description="Input of `memberTagJudge`.")
class MemberTagJudgeInput:
    member: strawberry.ID = strawberry.field(description="The member.")
    name: str = strawberry.field(description="The automatic tag.")
    judgement: TagJudgement = strawberry.field(description="Whether it is right.")


@payload()
class MemberTagJudgePayload(Payload):
    member: Member | None = strawberry.field(description="The member with its tags.", default=None)


@strawberry.type
class TagMutations:
    @mutation("Sets and removes manual tags of a member (打标签).")
    async def member_tag(self, info: Info, input: Input[MemberTagInput]) -> MemberTagPayload | None:
        request = members_pb2.TagMemberRequest(
            member_id=uuid_of(input.member, "Member", "member"), add=input.add, remove=input.remove
        )
        answer = await info.context.clients.members.TagMember(request)
        return MemberTagPayload(member=Member.of(answer.member))

    @mutation("Confirms or rejects an automatic tag (标签确认); no rule sets a rejected one again.")
    async def member_tag_judge(
        self, info: Info, input: Input[MemberTagJudgeInput]
    ) -> MemberTagJudgePayload | None:
        request = tags_pb2.JudgeTagRequest(
            member_id=uuid_of(input.member, "Member", "member"),
            name=input.name,
            judgement=number(input.judgement),
        )
        answer = await info.context.clients.tags.JudgeTag(request)
        return MemberTagJudgePayload(member=Member.of(answer.member))

    @mutation("Makes a rule that sets a tag (新建标签规则); applied to all members in the background.")
    async def tag_rule_create(
        self, info: Info, input: Input[TagRuleCreateInput]
    ) -> TagRuleCreatePayload | None:
        if not input.idempotency_key:
            raise invalid("idempotencyKey", "an idempotency key of 1 to 128 characters is required")
        request = tags_pb2.SaveTagRuleRequest(
            idempotency_key=input.idempotency_key, name=input.name, enabled=input.enabled
        )
        answer = await info.context.clients.tags.SaveTagRule(input.when.into(request))
        return TagRuleCreatePayload(rule=TagRule.of(answer.rule))

    @mutation("Changes a rule that sets a tag.")
    async def tag_rule_update(
        self, info: Info, input: Input[TagRuleUpdateInput]
    ) -> TagRuleUpdatePayload | None:
        request = tags_pb2.SaveTagRuleRequest(
            id=uuid_of(input.rule, "TagRule", "rule"),
            expected_version=input.expected_version,
            name=input.name,
            enabled=input.enabled,
        )
        answer = await info.context.clients.tags.SaveTagRule(input.when.into(request))
        return TagRuleUpdatePayload(rule=TagRule.of(answer.rule))

    @mutation("Deletes a rule; the tags it set that nobody confirmed go in the background.")
    async def tag_rule_delete(
        self, info: Info, input: Input[TagRuleDeleteInput]
    ) -> TagRuleDeletePayload | None:
        request = tags_pb2.DeleteTagRuleRequest(id=uuid_of(input.rule, "TagRule", "rule"))
        await info.context.clients.tags.DeleteTagRule(request)
        return TagRuleDeletePayload(deleted_rule_id=input.rule)
