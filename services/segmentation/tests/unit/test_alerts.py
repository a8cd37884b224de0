from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from segmentation.domain.alerts import Alert, AlertKind, AlertStatus, Figures, Finding, Subject, examine
from segmentation.domain.errors import AlertAlreadyClosed, AlertAlreadySnoozed, InvalidSnooze
from segmentation.domain.indicator_policy import IndicatorKind, IndicatorPolicy
from segmentation.domain.indicators import GroupCounts
from segmentation.domain.windows import Window

from ..samples import NOW, days

TEA = UUID(int=1)
WINDOW = Window(date(2026, 2, 23), date(2026, 3, 1), ZoneInfo("Asia/Shanghai"))
COUNTS = GroupCounts(TEA, group_days=7, messages=70, member_days=140, week_messages=70, members=20)
FIGURES = Figures(70, 7, 10.0, 15, WINDOW.first, WINDOW.last)
SUBJECT = Subject(TEA, AlertKind.INDICATOR, IndicatorKind.MESSAGES_PER_DAY)
ALERT = Alert.open(UUID(int=2), Finding(SUBJECT, FIGURES, is_ill=True), NOW)


def test_only_what_can_be_said_is_found() -> None:
    found = {finding.subject: finding for finding in examine(TEA, COUNTS, WINDOW, IndicatorPolicy())}
    assert {subject.topic for subject in found} == {
        "MESSAGES_PER_DAY",
        "INTERACTIONS_PER_MEMBER_DAY",
        "AT_RISK_OF_LEAVING",
    }
    assert found[SUBJECT] == Finding(SUBJECT, FIGURES, is_ill=True)
    at_risk = found[Subject(TEA, AlertKind.AT_RISK_OF_LEAVING)]
    assert at_risk.figures == Figures(70, 20, 3.5, 5, date(2026, 2, 23), date(2026, 3, 1))
    assert at_risk.is_ill


def test_a_group_nobody_was_in_is_not_ill() -> None:
    empty = replace(COUNTS, member_days=0, members=0, messages=0)
    assert not list(examine(TEA, empty, WINDOW, IndicatorPolicy()))


def test_the_early_warning_looks_at_seven_days_whatever_the_window() -> None:
    month = Window(date(2026, 2, 1), date(2026, 3, 1), WINDOW.zone)
    at_risk = list(examine(TEA, COUNTS, month, IndicatorPolicy(alert_window_days=29)))[-1]
    assert (at_risk.figures.from_date, at_risk.figures.to_date) == (date(2026, 2, 23), date(2026, 3, 1))


def test_it_follows_its_figures_and_keeps_the_first() -> None:
    later = FIGURES._replace(numerator=35, value=5.0)
    followed = ALERT.follow(later)
    assert (followed.figures, followed.opened_value, followed.status) == (later, 10.0, AlertStatus.OPEN)
    healthy = FIGURES._replace(numerator=140, value=20.0)
    closed = followed.close(healthy, NOW + days(1))
    assert (closed.figures, closed.closed_at) == (healthy, NOW + days(1))
    assert followed.close(None, NOW).figures == later


def test_acknowledging_again_changes_the_note() -> None:
    first = ALERT.acknowledge("wang", "on it", NOW)
    assert (first.status, first.acknowledged_by) == (AlertStatus.ACKNOWLEDGED, "wang")
    assert first.acknowledge("wang", "on it", NOW + days(1)) is first
    again = first.acknowledge("li", "mine now", NOW + days(1))
    assert (again.acknowledged_by, again.note, again.acknowledged_at) == ("li", "mine now", NOW + days(1))


def test_it_sleeps_until_its_moment() -> None:
    until = NOW + days(2)
    asleep = ALERT.acknowledge("wang", "", NOW).snooze(until, NOW)
    assert asleep.status is AlertStatus.SNOOZED
    assert asleep.snooze(until, NOW + days(1)) is asleep
    assert asleep.wake(until - timedelta.resolution) is asleep
    awake = asleep.wake(until)
    assert (awake.status, awake.snoozed_until) == (AlertStatus.OPEN, None)
    assert awake.wake(until) is awake
    assert asleep.acknowledge("wang", "", NOW).wake(until).status is AlertStatus.ACKNOWLEDGED
    assert asleep.close(None, NOW).snoozed_until is None


def test_what_cannot_be_done_is_refused() -> None:
    closed, asleep = ALERT.close(None, NOW), ALERT.snooze(NOW + days(1), NOW)
    with pytest.raises(AlertAlreadyClosed):
        closed.acknowledge("wang", "", NOW)
    with pytest.raises(AlertAlreadyClosed):
        closed.snooze(NOW + days(1), NOW)
    with pytest.raises(AlertAlreadySnoozed):
        asleep.snooze(NOW + days(2), NOW)
    for until in (NOW, NOW - days(1), NOW + days(30) + timedelta.resolution):
        with pytest.raises(InvalidSnooze):
            ALERT.snooze(until, NOW)
    assert ALERT.snooze(NOW + days(30), NOW).status is AlertStatus.SNOOZED
