"""The eight indicators of a group, or of all groups of a tenant, over a window, and how healthy they are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

from segmentation.domain.indicator_policy import IndicatorKind, IndicatorPolicy
from segmentation.domain.windows import Window


class IndicatorStatus(IntEnum):
    """Numbered as in quanzi.segmentation.v1.IndicatorStatus."""

    HEALTHY = 1
    UNHEALTHY = 2
    UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """What was counted of one group in a window, or summed over all groups (`group_id` None).

    `group_days`: groups × days that have begun; `member_days`: members present × days; `reached`: distinct
    members present at a delivery; cohorts: members whose joining was recorded in the window and is old
    enough; `week_messages`, `members`: messages in the seven days up to the end of the window, and members
    present then.
    """

    group_id: UUID | None
    group_days: int = 0
    messages: int = 0
    interactions: int = 0
    member_days: int = 0
    reached: int = 0
    clickers: int = 0
    sharers: int = 0
    buyers: int = 0
    cohort_7d: int = 0
    retained_7d: int = 0
    cohort_30d: int = 0
    retained_30d: int = 0
    invited: int = 0
    inviters: int = 0
    week_messages: int = 0
    members: int = 0

    def ratio(self, kind: IndicatorKind) -> tuple[int, int]:
        """Numerator and denominator."""
        match kind:
            case IndicatorKind.MESSAGES_PER_DAY:
                return self.messages, self.group_days
            case IndicatorKind.INTERACTIONS_PER_MEMBER_DAY:
                return self.interactions, self.member_days
            case IndicatorKind.CLICK_RATE:
                return self.clickers, self.reached
            case IndicatorKind.ORDER_RATE:
                return self.buyers, self.clickers
            case IndicatorKind.RETENTION_7D:
                return self.retained_7d, self.cohort_7d
            case IndicatorKind.RETENTION_30D:
                return self.retained_30d, self.cohort_30d
            case IndicatorKind.SHARE_RATE:
                return self.sharers, self.reached
            case IndicatorKind.INVITE_COEFFICIENT:
                return self.invited, self.inviters


@dataclass(frozen=True, slots=True)
class Indicator:
    """A ratio against its threshold; `value` is None when the sample is too small to say.

    `previous_value`: of the window just before, None if not asked for or unknown.
    """

    kind: IndicatorKind
    numerator: int
    denominator: int
    value: float | None
    healthy_from: float
    status: IndicatorStatus
    previous_value: float | None = None

    @property
    def change(self) -> float | None:
        """Relative; None if either value is unknown or the previous one is 0."""
        if self.value is None or not self.previous_value:
            return None
        return self.value / self.previous_value - 1


@dataclass(frozen=True, slots=True)
class GroupIndicators:
    """All eight over a window, of one group or the tenant (`group_id` None), and the early warning."""

    group_id: UUID | None
    window: Window
    indicators: tuple[Indicator, ...]
    at_risk_of_leaving: bool


def assess(
    counts: GroupCounts, window: Window, policy: IndicatorPolicy, previous: GroupCounts | None = None
) -> GroupIndicators:
    indicators = tuple(indicator(kind, counts, policy, previous) for kind in IndicatorKind)
    return GroupIndicators(counts.group_id, window, indicators, at_risk_of_leaving(counts, policy))


def indicator(
    kind: IndicatorKind, counts: GroupCounts, policy: IndicatorPolicy, previous: GroupCounts | None = None
) -> Indicator:
    numerator, denominator = counts.ratio(kind)
    value = _value(kind, counts, policy)
    healthy_from = policy.thresholds[kind].healthy_from
    if value is None:
        status = IndicatorStatus.UNKNOWN
    else:
        status = IndicatorStatus.HEALTHY if value >= healthy_from else IndicatorStatus.UNHEALTHY
    previous_value = _value(kind, previous, policy) if previous else None
    return Indicator(kind, numerator, denominator, value, healthy_from, status, previous_value)


def at_risk_of_leaving(counts: GroupCounts, policy: IndicatorPolicy) -> bool:
    """Few messages per member in seven days, in a group that is not tiny."""
    return (
        counts.members >= policy.risk_minimum_members
        and counts.week_messages / counts.members < policy.risk_messages_per_member
    )


def _value(kind: IndicatorKind, counts: GroupCounts, policy: IndicatorPolicy) -> float | None:
    numerator, denominator = counts.ratio(kind)
    return numerator / denominator if denominator >= policy.thresholds[kind].minimum_sample else None
