"""The eight indicators of a group over a window of local dates, and how healthy they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import IntEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from segmentation.domain.errors import InvalidWindow
from segmentation.domain.policy import IndicatorKind, IndicatorPolicy

LONGEST_WINDOW_DAYS = 366


class IndicatorStatus(IntEnum):
    """Numbered as in quanzi.segmentation.v1.IndicatorStatus."""

    HEALTHY = 1
    UNHEALTHY = 2
    UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class Window:
    """Local dates of a zone, both ends included."""

    first: date
    last: date
    zone: ZoneInfo

    @classmethod
    def of(cls, first: date, last: date, zone: ZoneInfo) -> Window:
        """Raises InvalidWindow."""
        if first > last:
            raise InvalidWindow("from_date must not be after to_date", field="from_date")
        if (last - first).days >= LONGEST_WINDOW_DAYS:
            raise InvalidWindow(f"Ask for at most {LONGEST_WINDOW_DAYS} days", field="to_date")
        return cls(first, last, zone)

    @property
    def starts_at(self) -> datetime:
        return datetime.combine(self.first, time(), self.zone)

    @property
    def ends_at(self) -> datetime:
        """The first moment after the window."""
        return datetime.combine(self.last + timedelta(days=1), time(), self.zone)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def begun(self, now: datetime) -> Window | None:
        """The days that have begun by now: the future has no facts. None if none has."""
        today = now.astimezone(self.zone).date()
        return replace(self, last=min(self.last, today)) if self.first <= today else None


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """What was counted of one group in the window.

    `member_days`: members present × days; `reached`: distinct members present at a delivery; cohorts: members
    whose joining was recorded in the window and is old enough; `week_messages`, `members`: messages in the
    seven days up to the end of the window, and members present then.
    """

    group_id: UUID
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


@dataclass(frozen=True, slots=True)
class Indicator:
    """A ratio against its threshold; `value` is None when the sample is too small to say."""

    kind: IndicatorKind
    numerator: int
    denominator: int
    value: float | None
    healthy_from: float
    status: IndicatorStatus


@dataclass(frozen=True, slots=True)
class GroupIndicators:
    """All eight of one group, and the early warning."""

    group_id: UUID
    indicators: tuple[Indicator, ...]
    at_risk_of_leaving: bool


def assess(counts: GroupCounts, days: int, policy: IndicatorPolicy) -> GroupIndicators:
    """`days`: local days of the window that have begun."""
    ratios = {
        IndicatorKind.MESSAGES_PER_DAY: (counts.messages, days),
        IndicatorKind.INTERACTIONS_PER_MEMBER_DAY: (counts.interactions, counts.member_days),
        IndicatorKind.CLICK_RATE: (counts.clickers, counts.reached),
        IndicatorKind.ORDER_RATE: (counts.buyers, counts.clickers),
        IndicatorKind.RETENTION_7D: (counts.retained_7d, counts.cohort_7d),
        IndicatorKind.RETENTION_30D: (counts.retained_30d, counts.cohort_30d),
        IndicatorKind.SHARE_RATE: (counts.sharers, counts.reached),
        IndicatorKind.INVITE_COEFFICIENT: (counts.invited, counts.inviters),
    }
    indicators = tuple(_indicator(kind, *ratio, policy) for kind, ratio in ratios.items())
    at_risk = (
        counts.members >= policy.risk_minimum_members
        and counts.week_messages / counts.members < policy.risk_messages_per_member
    )
    return GroupIndicators(counts.group_id, indicators, at_risk)


def _indicator(kind: IndicatorKind, numerator: int, denominator: int, policy: IndicatorPolicy) -> Indicator:
    threshold = policy.thresholds[kind]
    if denominator < max(threshold.minimum_sample, 1):
        value, status = None, IndicatorStatus.UNKNOWN
    else:
        value = numerator / denominator
        healthy = value >= threshold.healthy_from
        status = IndicatorStatus.HEALTHY if healthy else IndicatorStatus.UNHEALTHY
    return Indicator(kind, numerator, denominator, value, threshold.healthy_from, status)
