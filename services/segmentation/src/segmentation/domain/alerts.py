"""Alerts: a group is ill, and why. One opens by itself, follows its figures, and closes by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import NamedTuple
from uuid import UUID

from segmentation.domain.errors import AlertAlreadyClosed, AlertAlreadySnoozed, InvalidSnooze
from segmentation.domain.indicator_policy import IndicatorKind, IndicatorPolicy
from segmentation.domain.indicators import GroupCounts, IndicatorStatus, at_risk_of_leaving, indicator
from segmentation.domain.windows import Window

LONGEST_SNOOZE = timedelta(days=30)
RISK_DAYS = 7


class AlertKind(IntEnum):
    """Numbered as in quanzi.segmentation.v1.AlertKind."""

    INDICATOR = 1
    AT_RISK_OF_LEAVING = 2


class AlertStatus(IntEnum):
    """Numbered as in quanzi.segmentation.v1.AlertStatus."""

    OPEN = 1
    ACKNOWLEDGED = 2
    SNOOZED = 3
    CLOSED = 4


class Subject(NamedTuple):
    """What an alert is about; at most one alert about it is not closed. `indicator` only for INDICATOR."""

    group_id: UUID
    kind: AlertKind
    indicator: IndicatorKind | None = None

    @property
    def topic(self) -> str:
        """What the direction is about: an indicator, or the early warning."""
        return self.indicator.name if self.indicator else self.kind.name


class Figures(NamedTuple):
    """Over complete local days, both ends included."""

    numerator: int
    denominator: int
    value: float
    healthy_from: float
    from_date: date
    to_date: date


class Finding(NamedTuple):
    subject: Subject
    figures: Figures
    is_ill: bool


@dataclass(frozen=True, slots=True)
class Alert:
    """`figures` are those of the last look, `opened_value` that of the first."""

    id: UUID
    subject: Subject
    status: AlertStatus
    figures: Figures
    opened_at: datetime
    opened_value: float
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    note: str = ""
    snoozed_until: datetime | None = None
    closed_at: datetime | None = None

    @classmethod
    def open(cls, alert_id: UUID, finding: Finding, now: datetime) -> Alert:
        figures = finding.figures
        return cls(alert_id, finding.subject, AlertStatus.OPEN, figures, now, opened_value=figures.value)

    def follow(self, figures: Figures) -> Alert:
        return replace(self, figures=figures)

    def close(self, figures: Figures | None, now: datetime) -> Alert:
        """Healthy by these figures, or unknown: then the last known ones stay."""
        return replace(
            self,
            status=AlertStatus.CLOSED,
            figures=figures or self.figures,
            snoozed_until=None,
            closed_at=now,
        )

    def acknowledge(self, by: str, note: str, now: datetime) -> Alert:
        """By somebody who takes care of it, also out of its sleep. The same again changes nothing.

        Raises AlertAlreadyClosed.
        """
        self._require_not_closed()
        if (self.status, self.acknowledged_by, self.note) == (AlertStatus.ACKNOWLEDGED, by, note):
            return self
        return replace(
            self,
            status=AlertStatus.ACKNOWLEDGED,
            acknowledged_at=now,
            acknowledged_by=by,
            note=note,
            snoozed_until=None,
        )

    def snooze(self, until: datetime, now: datetime) -> Alert:
        """Out of sight until then. The same again changes nothing.

        Raises InvalidSnooze, AlertAlreadyClosed, AlertAlreadySnoozed.
        """
        self._require_not_closed()
        if self.status is AlertStatus.SNOOZED and self.snoozed_until == until:
            return self
        if self.status is AlertStatus.SNOOZED:
            raise AlertAlreadySnoozed("It sleeps already; acknowledge it first.")
        if not now < until <= now + LONGEST_SNOOZE:
            raise InvalidSnooze(f"Give a moment in the future, at most {LONGEST_SNOOZE.days} days ahead.")
        return replace(self, status=AlertStatus.SNOOZED, snoozed_until=until)

    def wake(self, now: datetime) -> Alert:
        """Open again if its sleep is over by now; else as it is."""
        if self.snoozed_until is None or self.snoozed_until > now:
            return self
        return replace(self, status=AlertStatus.OPEN, snoozed_until=None)

    def _require_not_closed(self) -> None:
        if self.status is AlertStatus.CLOSED:
            raise AlertAlreadyClosed("The group is healthy again; nothing is left to do.")


def examine(
    group_id: UUID, counts: GroupCounts, window: Window, policy: IndicatorPolicy
) -> Iterator[Finding]:
    """What can be said of a group; nothing of small samples, nor of a group nobody was in."""
    if not counts.member_days:
        return
    for kind in IndicatorKind:
        it = indicator(kind, counts, policy)
        if it.value is not None:
            figures = Figures(
                it.numerator, it.denominator, it.value, it.healthy_from, window.first, window.last
            )
            is_ill = it.status is IndicatorStatus.UNHEALTHY
            yield Finding(Subject(group_id, AlertKind.INDICATOR, kind), figures, is_ill)
    if counts.members >= policy.risk_minimum_members:
        figures = Figures(
            counts.week_messages,
            counts.members,
            counts.week_messages / counts.members,
            policy.risk_messages_per_member,
            window.last - timedelta(days=RISK_DAYS - 1),
            window.last,
        )
        subject = Subject(group_id, AlertKind.AT_RISK_OF_LEAVING)
        yield Finding(subject, figures, at_risk_of_leaving(counts, policy))
