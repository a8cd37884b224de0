"""Conditions as the messages of quanzi/segmentation/v1/segments.proto, and back."""

from collections.abc import Iterable
from uuid import UUID

from quanzi.inbound.v1.activity_pb2 import ActivityKind as WireKind
from quanzi.segmentation.v1 import segments_pb2 as wire
from quanzi.segmentation.v1.consents_pb2 import ConsentState as WireConsentState
from quanzi.segmentation.v1.tiers_pb2 import Tier as WireTier
from segmentation.domain.activity import ActivityKind
from segmentation.domain.conditions import (
    ActivitiesTest,
    AllOf,
    AnyOf,
    Condition,
    ConsentTest,
    GroupTest,
    IntRange,
    Not,
    OrderMeasure,
    OrdersTest,
    ProfileField,
    ProfileTest,
    RfmDimension,
    RfmTest,
    SeenTest,
    Sight,
    TagTest,
    TextMatch,
    TierTest,
    check,
)
from segmentation.domain.consents import ConsentState
from segmentation.domain.policy import Tier


def condition_from_wire(message: wire.Condition) -> Condition:
    """Raises InvalidCondition."""
    condition = _read(message)
    check(condition)
    return condition


def _read(message: wire.Condition) -> Condition:
    match message.WhichOneof("test"):
        case "all":
            return AllOf(_read_all(message.all.conditions))
        case "any":
            return AnyOf(_read_all(message.any.conditions))
        case "not":
            return Not(_read(getattr(message, "not")))
        case "profile":
            profile = message.profile
            return ProfileTest(ProfileField(profile.field), TextMatch(profile.match), profile.text)
        case "tag":
            return TagTest(message.tag.name)
        case "consent":
            return ConsentTest(message.consent.purpose, ConsentState(message.consent.state))
        case "tier":
            return TierTest(tuple(map(Tier, message.tier.tiers)))
        case "rfm":
            return RfmTest(RfmDimension(message.rfm.dimension), _read_range(message.rfm.score))
        case "orders":
            orders = message.orders
            return OrdersTest(OrderMeasure(orders.measure), orders.within_days, _read_range(orders.value))
        case "activities":
            activities = message.activities
            return ActivitiesTest(
                tuple(map(ActivityKind, activities.kinds)),
                activities.within_days,
                UUID(activities.group_id) if activities.group_id else None,
                _read_range(activities.count),
            )
        case "group":
            return GroupTest(tuple(map(UUID, message.group.group_ids)))
        case "seen":
            return SeenTest(Sight(message.seen.sight), _read_range(message.seen.days_ago))
        case None:
            raise AssertionError("the contract requires one")


def _read_all(messages: Iterable[wire.Condition]) -> tuple[Condition, ...]:
    return tuple(map(_read, messages))


def _read_range(message: wire.IntRange) -> IntRange:
    return IntRange(
        message.min if message.HasField("min") else None, message.max if message.HasField("max") else None
    )


def condition_to_wire(condition: Condition) -> wire.Condition:
    match condition:
        case AllOf(conditions):
            return wire.Condition(all=wire.Conditions(conditions=map(condition_to_wire, conditions)))
        case AnyOf(conditions):
            return wire.Condition(any=wire.Conditions(conditions=map(condition_to_wire, conditions)))
        case Not(negated):
            negation = wire.Condition()
            getattr(negation, "not").CopyFrom(condition_to_wire(negated))
            return negation
        case ProfileTest(field, match, text):
            profile = wire.ProfileTest(
                field=wire.ProfileField.ValueType(field), match=wire.TextMatch.ValueType(match), text=text
            )
            return wire.Condition(profile=profile)
        case TagTest(name):
            return wire.Condition(tag=wire.TagTest(name=name))
        case ConsentTest(purpose, state):
            consent = wire.ConsentTest(purpose=purpose, state=WireConsentState.ValueType(state))
            return wire.Condition(consent=consent)
        case TierTest(tiers):
            return wire.Condition(tier=wire.TierTest(tiers=map(WireTier.ValueType, tiers)))
        case RfmTest(dimension, score):
            rfm = wire.RfmTest(dimension=wire.RfmDimension.ValueType(dimension), score=_range(score))
            return wire.Condition(rfm=rfm)
        case OrdersTest(measure, within_days, value):
            orders = wire.OrdersTest(
                measure=wire.OrderMeasure.ValueType(measure), within_days=within_days, value=_range(value)
            )
            return wire.Condition(orders=orders)
        case ActivitiesTest(kinds, within_days, group_id, count):
            activities = wire.ActivitiesTest(
                kinds=map(WireKind.ValueType, kinds),
                within_days=within_days,
                group_id=str(group_id or ""),
                count=_range(count),
            )
            return wire.Condition(activities=activities)
        case GroupTest(group_ids):
            return wire.Condition(group=wire.GroupTest(group_ids=map(str, group_ids)))
        case SeenTest(sight, days_ago):
            seen = wire.SeenTest(sight=wire.Sight.ValueType(sight), days_ago=_range(days_ago))
            return wire.Condition(seen=seen)


def _range(wanted: IntRange) -> wire.IntRange:
    return wire.IntRange(min=wanted.min, max=wanted.max)
