"""The tenant's content policy: mix and slots, quiet hours, spacing, caps, deadlines."""

from typing import Self

import strawberry

from gateway.content.types import CONTENT_TYPES, ContentType
from gateway.context import Info
from gateway.fields import resolved
from gateway.mutation import Input, Payload, mutation, payload
from gateway.values import number
from quanzi.content.v1 import policy_pb2

_NUMBERS = (
    "no_repeat_days",
    "quiet_start_minute",
    "quiet_end_minute",
    "min_spacing_minutes",
    "daily_cap",
    "grace_minutes",
    "delivery_minutes",
)
_NO_REPEAT = "An item is not repeated in a group within this many days."
_QUIET_START = "Quiet hours (免打扰) begin at this minute of the local day; they may cross midnight."
_QUIET_END = "Quiet hours end at this minute of the local day."
_SPACING = "Least distance between two posts of a group, in minutes."
_CAP = "Most posts of a group on a local day."
_GRACE = "A post later than this many minutes expires."
_DELIVERY = "A confirmed post may take this many minutes to be delivered."
_REMINDERS = "Minutes after which whoever must confirm is reminded, at most three."


@strawberry.type(description="Share and best slot of a content type.")
class TypeRule:
    type: ContentType = strawberry.field(description="Content type.")
    share: float = strawberry.field(description="Share of all posts, 0 to 1.")
    slot_start_minute: int = strawberry.field(description="First minute of the slot, of the local day.")
    slot_end_minute: int = strawberry.field(description="Minute after the slot.")


@strawberry.type(description="Rules of content; every change makes a new version.")
class ContentPolicy:
    version: int = strawberry.field(description="Counts changes; 0 is the default.")
    types: list[TypeRule] = strawberry.field(description="The mix (内容配比).")
    no_repeat_days: int = strawberry.field(description=_NO_REPEAT)
    quiet_start_minute: int = strawberry.field(description=_QUIET_START)
    quiet_end_minute: int = strawberry.field(description=_QUIET_END)
    min_spacing_minutes: int = strawberry.field(description=_SPACING)
    daily_cap: int = strawberry.field(description=_CAP)
    grace_minutes: int = strawberry.field(description=_GRACE)
    delivery_minutes: int = strawberry.field(description=_DELIVERY)
    reminder_minutes: list[int] = strawberry.field(description=_REMINDERS)

    @classmethod
    def of(cls, policy: policy_pb2.ContentPolicy) -> Self:
        return cls(
            version=policy.version,
            types=[
                TypeRule(
                    type=CONTENT_TYPES[rule.type],
                    share=rule.share,
                    slot_start_minute=rule.slot_start_minute,
                    slot_end_minute=rule.slot_end_minute,
                )
                for rule in policy.types
            ],
            reminder_minutes=list(policy.reminder_minutes),
            **{name: getattr(policy, name) for name in _NUMBERS},
        )


@strawberry.input(description="Share and best slot of a content type.")
class TypeRuleInput:
    type: ContentType = strawberry.field(description="Content type.")
    share: float = strawberry.field(description="Share of all posts; the shares add up to 1.")
    slot_start_minute: int = strawberry.field(description="First minute of the slot, of the local day.")
    slot_end_minute: int = strawberry.field(description="Minute after the slot.")


@strawberry.input(description="Input of `contentPolicyUpdate`.")
class ContentPolicyUpdateInput:
    types: list[TypeRuleInput] = strawberry.field(description="The mix.")
    no_repeat_days: int = strawberry.field(description=_NO_REPEAT)
    quiet_start_minute: int = strawberry.field(description=_QUIET_START)
    quiet_end_minute: int = strawberry.field(description=_QUIET_END)
    min_spacing_minutes: int = strawberry.field(description=_SPACING)
    daily_cap: int = strawberry.field(description=_CAP)
    grace_minutes: int = strawberry.field(description=_GRACE)
    delivery_minutes: int = strawberry.field(description=_DELIVERY)
    reminder_minutes: list[int] = strawberry.field(description=_REMINDERS)
    expected_version: int = strawberry.field(description="Version you read; another one is refused.")


@payload("STALE_VERSION")
class ContentPolicyUpdatePayload(Payload):
    policy: ContentPolicy | None = strawberry.field(description="The new policy.", default=None)


@strawberry.type
class ContentPolicyQueries:
    @resolved("The content policy in force.")
    async def content_policy(self, info: Info) -> ContentPolicy | None:
        answer = await info.context.clients.content_policy.GetContentPolicy(
            policy_pb2.GetContentPolicyRequest()
        )
        return ContentPolicy.of(answer.policy)


@strawberry.type
class ContentPolicyMutations:
    @mutation("Replaces the content policy; plans made before keep what they have.")
    async def content_policy_update(
        self, info: Info, input: Input[ContentPolicyUpdateInput]
    ) -> ContentPolicyUpdatePayload | None:
        policy = policy_pb2.ContentPolicy(
            types=[
                policy_pb2.TypeRule(
                    type=number(rule.type),
                    share=rule.share,
                    slot_start_minute=rule.slot_start_minute,
                    slot_end_minute=rule.slot_end_minute,
                )
                for rule in input.types
            ],
            reminder_minutes=input.reminder_minutes,
            **{name: getattr(input, name) for name in _NUMBERS},
        )
        answer = await info.context.clients.content_policy.UpdateContentPolicy(
            policy_pb2.UpdateContentPolicyRequest(policy=policy, expected_version=input.expected_version)
        )
        return ContentPolicyUpdatePayload(policy=ContentPolicy.of(answer.policy))
