"""The condition of a segment or tag rule, as it is shown: a boolean tree over what is known of a member."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, Self

import strawberry

from gateway.context import Info
from gateway.fields import resolved
from gateway.scalars import Int64
from gateway.segmentation.activity_kinds import ACTIVITY_KINDS, ActivityKind
from gateway.segmentation.consents import CONSENT_STATES, ConsentState
from gateway.segmentation.groups import Group
from gateway.segmentation.tiers import TIERS, Tier
from gateway.values import by_number, optional
from quanzi.segmentation.v1 import segments_pb2


@strawberry.enum(description="What of the profile is compared.")
class ProfileField(Enum):
    DISPLAY_NAME = strawberry.enum_value(
        segments_pb2.PROFILE_FIELD_DISPLAY_NAME, description="昵称: name shown in groups."
    )
    EXTERNAL_REFERENCE = strawberry.enum_value(
        segments_pb2.PROFILE_FIELD_EXTERNAL_REFERENCE, description="The customer's id at the source."
    )


@strawberry.enum(description="How texts are compared; case matters.")
class TextMatch(Enum):
    EQUALS = strawberry.enum_value(segments_pb2.TEXT_MATCH_EQUALS, description="等于")
    STARTS_WITH = strawberry.enum_value(segments_pb2.TEXT_MATCH_STARTS_WITH, description="开头是")
    CONTAINS = strawberry.enum_value(segments_pb2.TEXT_MATCH_CONTAINS, description="包含")


@strawberry.enum(description="One of the three RFM scores.")
class RfmDimension(Enum):
    RECENCY = strawberry.enum_value(segments_pb2.RFM_DIMENSION_RECENCY, description="R: 最近购买")
    FREQUENCY = strawberry.enum_value(segments_pb2.RFM_DIMENSION_FREQUENCY, description="F: 购买频次")
    MONETARY = strawberry.enum_value(segments_pb2.RFM_DIMENSION_MONETARY, description="M: 购买金额")


@strawberry.enum(description="What of the orders is compared.")
class OrderMeasure(Enum):
    COUNT = strawberry.enum_value(
        segments_pb2.ORDER_MEASURE_COUNT, description="订单数: paid, without those refunded in full."
    )
    NET_SPEND_MINOR = strawberry.enum_value(
        segments_pb2.ORDER_MEASURE_NET_SPEND_MINOR, description="净消费: net of refunds, minor units."
    )


@strawberry.enum(description="Which sight of the member is compared.")
class Sight(Enum):
    FIRST = strawberry.enum_value(segments_pb2.SIGHT_FIRST, description="首次出现")
    LAST = strawberry.enum_value(segments_pb2.SIGHT_LAST, description="最近出现")


PROFILE_FIELDS = by_number(ProfileField)
TEXT_MATCHES = by_number(TextMatch)
RFM_DIMENSIONS = by_number(RfmDimension)
ORDER_MEASURES = by_number(OrderMeasure)
SIGHTS = by_number(Sight)


@strawberry.type(description="A range of whole numbers, both ends included.")
class IntRange:
    min: Int64 | None = strawberry.field(description="Null for no lower end.")
    max: Int64 | None = strawberry.field(description="Null for no upper end.")

    @classmethod
    def of(cls, found: segments_pb2.IntRange) -> Self:
        return cls(min=optional(found, "min"), max=optional(found, "max"))


@strawberry.type(description="A field of the profile matches a text.")
class ProfileTest:
    field: ProfileField = strawberry.field(description="What is compared.")
    match: TextMatch = strawberry.field(description="How.")
    text: str = strawberry.field(description="With what.")

    @classmethod
    def of(cls, test: segments_pb2.ProfileTest) -> Self:
        return cls(field=PROFILE_FIELDS[test.field], match=TEXT_MATCHES[test.match], text=test.text)


@strawberry.type(description="The member has the tag.")
class TagTest:
    name: str = strawberry.field(description="The tag.")

    @classmethod
    def of(cls, test: segments_pb2.TagTest) -> Self:
        return cls(name=test.name)


@strawberry.type(description="What the member agreed to. UNKNOWN is neither given nor withdrawn.")
class ConsentTest:
    purpose: str = strawberry.field(description="Code of the purpose.")
    state: ConsentState = strawberry.field(description="What holds.")

    @classmethod
    def of(cls, test: segments_pb2.ConsentTest) -> Self:
        return cls(purpose=test.purpose, state=CONSENT_STATES[test.state])


@strawberry.type(description="The member's tier is one of these.")
class TierTest:
    tiers: list[Tier] = strawberry.field(description="The tiers.")

    @classmethod
    def of(cls, test: segments_pb2.TierTest) -> Self:
        return cls(tiers=[TIERS[tier] for tier in test.tiers])


@strawberry.type(description="An RFM score lies in the range.")
class RfmTest:
    dimension: RfmDimension = strawberry.field(description="Which score.")
    score: IntRange = strawberry.field(description="1 to 5.")

    @classmethod
    def of(cls, test: segments_pb2.RfmTest) -> Self:
        return cls(dimension=RFM_DIMENSIONS[test.dimension], score=IntRange.of(test.score))


@strawberry.type(description="A measure of the orders of the last days lies in the range.")
class OrdersTest:
    measure: OrderMeasure = strawberry.field(description="What is compared.")
    within_days: int = strawberry.field(description="Rolling days up to now; 0 means ever.")
    value: IntRange = strawberry.field(description="The range.")

    @classmethod
    def of(cls, test: segments_pb2.OrdersTest) -> Self:
        return cls(
            measure=ORDER_MEASURES[test.measure],
            within_days=test.within_days,
            value=IntRange.of(test.value),
        )


@strawberry.type(description="The number of activities of the last days lies in the range.")
class ActivitiesTest:
    kinds: list[ActivityKind] = strawberry.field(description="Of these kinds; none means interactions.")
    within_days: int = strawberry.field(description="Rolling days up to now.")
    count: IntRange = strawberry.field(description="The range.")
    group_uuid: strawberry.Private[str]

    @resolved("Only in this group; null means anywhere.")
    async def group(self, info: Info) -> Group | None:
        return await info.context.loaders.segmentation.group(self.group_uuid)

    @classmethod
    def of(cls, test: segments_pb2.ActivitiesTest) -> Self:
        return cls(
            kinds=[ACTIVITY_KINDS[kind] for kind in test.kinds],
            within_days=test.within_days,
            count=IntRange.of(test.count),
            group_uuid=test.group_id,
        )


@strawberry.type(description="The member is present in one of the groups.")
class GroupTest:
    group_uuids: strawberry.Private[list[str]]

    @resolved("The groups.")
    def groups(self, info: Info) -> list[Group | None]:
        loaders = info.context.loaders.segmentation
        return [loaders.group(uuid) for uuid in self.group_uuids]  # type: ignore[misc] # each awaited alone

    @classmethod
    def of(cls, test: segments_pb2.GroupTest) -> Self:
        return cls(group_uuids=list(test.group_ids))


@strawberry.type(description="The member was first or last seen that many whole days ago.")
class SeenTest:
    sight: Sight = strawberry.field(description="First or last.")
    days_ago: IntRange = strawberry.field(description="The range.")

    @classmethod
    def of(cls, test: segments_pb2.SeenTest) -> Self:
        return cls(sight=SIGHTS[test.sight], days_ago=IntRange.of(test.days_ago))


@strawberry.type(description="A boolean tree over what is known of a member; exactly one field is not null.")
class Condition:
    all_of: "list[Condition] | None" = strawberry.field(
        name="all", description="All of these hold (且).", default=None
    )
    any_of: "list[Condition] | None" = strawberry.field(
        name="any", description="One of these holds at least (或).", default=None
    )
    not_: "Condition | None" = strawberry.field(
        name="not", description="This does not hold (非).", default=None
    )
    profile: ProfileTest | None = strawberry.field(description="Of the profile.", default=None)
    tag: TagTest | None = strawberry.field(description="Of the tags (标签).", default=None)
    tier: TierTest | None = strawberry.field(description="Of the tier (层级).", default=None)
    rfm: RfmTest | None = strawberry.field(description="Of an RFM score.", default=None)
    orders: OrdersTest | None = strawberry.field(description="Of the orders (订单).", default=None)
    activities: ActivitiesTest | None = strawberry.field(
        description="Of the activities (行为).", default=None
    )
    group: GroupTest | None = strawberry.field(description="Of the groups (群).", default=None)
    seen: SeenTest | None = strawberry.field(description="Of when the member was seen.", default=None)
    consent: ConsentTest | None = strawberry.field(
        description="Of what the member agreed to (同意).", default=None
    )

    @classmethod
    def of(cls, condition: segments_pb2.Condition) -> Self:
        match condition.WhichOneof("test") or "":
            case "all":
                return cls(all_of=[cls.of(one) for one in condition.all.conditions])
            case "any":
                return cls(any_of=[cls.of(one) for one in condition.any.conditions])
            case "not":
                return cls(not_=cls.of(getattr(condition, "not")))
            case test:
                return cls(**{test: _TESTS[test].of(getattr(condition, test))})


_TESTS: Mapping[str, Any] = {
    "profile": ProfileTest,
    "tag": TagTest,
    "tier": TierTest,
    "rfm": RfmTest,
    "orders": OrdersTest,
    "activities": ActivitiesTest,
    "group": GroupTest,
    "seen": SeenTest,
    "consent": ConsentTest,
}
