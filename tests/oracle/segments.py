"""Whether a member meets a condition of a segment, read from the contract."""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import datetime, timedelta

from quanzi.inbound.v1.activity_pb2 import ActivityKind
from quanzi.segmentation.v1 import consents_pb2, segments_pb2, tiers_pb2

from .history import INTERACTIONS, Agreed, Did, History
from .tiers import rfm, tier


class People:
    """What is known of the members beside what they did: tags by hand, ids of groups, consents."""

    def __init__(
        self,
        history: History,
        tags: dict[str, Set[str]],
        group_ids: dict[str, str],
        agreed: Sequence[Agreed],
    ) -> None:
        self.history = history
        self.tags = tags
        self.group_ids = group_ids
        self.agreed = agreed

    def meeting(self, condition: segments_pb2.Condition, now: datetime) -> set[str]:
        return {member for member in self.history.members if self.meets(condition, member, now)}

    def meets(self, condition: segments_pb2.Condition, member: str, now: datetime) -> bool:
        done = self.history.of(member)
        match condition.WhichOneof("test"):
            case "all":
                return all(self.meets(each, member, now) for each in condition.all.conditions)
            case "any":
                return any(self.meets(each, member, now) for each in condition.any.conditions)
            case "not":
                return not self.meets(getattr(condition, "not"), member, now)
            case "profile":
                return _matches(condition.profile, member)
            case "tag":
                return condition.tag.name in self.tags.get(member, ())
            case "consent":
                return self._consent(condition.consent.purpose, member) == condition.consent.state
            case "tier":
                return tiers_pb2.Tier.Value(f"TIER_{tier(self.history, member, now)}") in condition.tier.tiers
            case "rfm":
                scores = rfm(self.history, member, now)
                return _within(scores[condition.rfm.dimension - 1], condition.rfm.score)
            case "orders":
                return _within(self._orders(condition.orders, member, now), condition.orders.value)
            case "activities":
                return _within(self._activities(condition.activities, done, now), condition.activities.count)
            case "group":
                return any(
                    stay.end is None and self.group_ids[stay.group] in condition.group.group_ids
                    for stay in self.history.stays_of(member)
                )
            case "seen":
                times = [did.at for did in done]
                seen = min(times) if condition.seen.sight == segments_pb2.SIGHT_FIRST else max(times)
                return _within((now - seen).days, condition.seen.days_ago)
        raise AssertionError(f"the oracle does not know {condition}")

    def _consent(self, purpose: str, member: str) -> consents_pb2.ConsentState.ValueType:
        """What was said last; when both were said at once, no."""
        said = [it for it in self.agreed if (it.member, it.purpose) == (member, purpose)]
        if not said:
            return consents_pb2.CONSENT_STATE_UNKNOWN
        last = max(it.at for it in said)
        agrees = all(it.agrees for it in said if it.at == last)
        return consents_pb2.CONSENT_STATE_GIVEN if agrees else consents_pb2.CONSENT_STATE_WITHDRAWN

    def _orders(self, test: segments_pb2.OrdersTest, member: str, now: datetime) -> int:
        orders = self.history.orders_of(member)
        if test.within_days:
            orders = [order for order in orders if order.paid_at > now - timedelta(days=test.within_days)]
        if test.measure == segments_pb2.ORDER_MEASURE_COUNT:
            return len(orders)
        return sum(order.net for order in orders)

    def _activities(self, test: segments_pb2.ActivitiesTest, done: list[Did], now: datetime) -> int:
        kinds = {ActivityKind.Name(kind).removeprefix("ACTIVITY_KIND_").lower() for kind in test.kinds}
        return len(
            [
                did
                for did in done
                if did.kind in (kinds or INTERACTIONS)
                and did.at > now - timedelta(days=test.within_days)
                and (not test.group_id or (did.group and self.group_ids[did.group] == test.group_id))
            ]
        )


def _within(value: int, wanted: segments_pb2.IntRange) -> bool:
    low = wanted.min if wanted.HasField("min") else value
    high = wanted.max if wanted.HasField("max") else value
    return low <= value <= high


def _matches(test: segments_pb2.ProfileTest, member: str) -> bool:
    """Members of the oracle are named as their sources call them, and show no other name."""
    text = member if test.field == segments_pb2.PROFILE_FIELD_EXTERNAL_REFERENCE else ""
    match test.match:
        case segments_pb2.TEXT_MATCH_EQUALS:
            return text == test.text
        case segments_pb2.TEXT_MATCH_STARTS_WITH:
            return text.startswith(test.text)
        case _:
            return test.text in text
