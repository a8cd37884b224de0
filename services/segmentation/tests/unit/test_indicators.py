from dataclasses import replace
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from segmentation.domain.errors import InvalidPolicy
from segmentation.domain.indicator_policy import DEFAULT_THRESHOLDS, IndicatorPolicy, Threshold
from segmentation.domain.indicator_policy import IndicatorKind as Kind
from segmentation.domain.indicators import GroupCounts, IndicatorStatus, assess
from segmentation.domain.windows import Window

WINDOW = Window(date(2026, 3, 1), date(2026, 3, 7), ZoneInfo("Asia/Shanghai"))
POLICY = IndicatorPolicy()
COUNTS = GroupCounts(
    UUID(int=1),
    group_days=7,
    messages=105,
    interactions=240,
    member_days=300,
    reached=40,
    clickers=10,
    sharers=4,
    buyers=1,
    cohort_7d=10,
    retained_7d=6,
    cohort_30d=9,
    retained_30d=9,
    invited=9,
    inviters=5,
    week_messages=105,
    members=20,
)


def test_each_indicator_against_its_threshold() -> None:
    assessed = assess(COUNTS, WINDOW, POLICY)
    found = {it.kind: (it.value, it.status) for it in assessed.indicators}
    healthy, unhealthy, unknown = IndicatorStatus
    assert found == {
        Kind.MESSAGES_PER_DAY: (15, healthy),
        Kind.INTERACTIONS_PER_MEMBER_DAY: (0.8, healthy),
        Kind.CLICK_RATE: (0.25, healthy),
        Kind.ORDER_RATE: (0.1, healthy),
        Kind.RETENTION_7D: (0.6, unhealthy),
        Kind.RETENTION_30D: (None, unknown),
        Kind.SHARE_RATE: (0.1, unhealthy),
        Kind.INVITE_COEFFICIENT: (1.8, healthy),
    }
    assert not assessed.at_risk_of_leaving


def test_few_messages_per_member_are_an_early_warning() -> None:
    assert assess(replace(COUNTS, week_messages=99), WINDOW, POLICY).at_risk_of_leaving
    assert not assess(replace(COUNTS, week_messages=0, members=2), WINDOW, POLICY).at_risk_of_leaving


def test_change_needs_two_known_values_and_something_to_grow_from() -> None:
    before = replace(COUNTS, messages=70, clickers=0, cohort_7d=9, cohort_30d=10)
    found = {it.kind: it for it in assess(COUNTS, WINDOW, POLICY, before).indicators}
    messages, clicks = found[Kind.MESSAGES_PER_DAY], found[Kind.CLICK_RATE]
    assert (messages.previous_value, messages.change) == (10, pytest.approx(0.5))
    assert (clicks.previous_value, clicks.change) == (0, None)
    unknown_then, unknown_now = found[Kind.RETENTION_7D], found[Kind.RETENTION_30D]
    assert (unknown_then.previous_value, unknown_then.change) == (None, None)
    assert (unknown_now.previous_value, unknown_now.change) == (0.9, None)
    alone = assess(COUNTS, WINDOW, POLICY).indicators[0]
    assert (alone.previous_value, alone.change) == (None, None)


def test_thresholds_are_those_of_the_policy() -> None:
    thresholds = {**DEFAULT_THRESHOLDS, Kind.MESSAGES_PER_DAY: Threshold(15.1, minimum_sample=8)}
    strict = assess(COUNTS, WINDOW, IndicatorPolicy(thresholds=thresholds)).indicators[0]
    assert (strict.status, strict.healthy_from) == (IndicatorStatus.UNKNOWN, 15.1)
    fortnight = replace(COUNTS, group_days=14)
    judged = assess(fortnight, WINDOW, IndicatorPolicy(thresholds=thresholds)).indicators[0]
    assert judged.status is IndicatorStatus.UNHEALTHY


def test_a_policy_that_cannot_be_applied_is_refused() -> None:
    few = {kind: it for kind, it in DEFAULT_THRESHOLDS.items() if kind is not Kind.SHARE_RATE}
    for wrong, field in (
        (lambda: IndicatorPolicy(thresholds=few), "policy.thresholds"),
        (lambda: Threshold(float("inf"), minimum_sample=1), "policy.thresholds"),
        (lambda: Threshold(1, minimum_sample=0), "policy.thresholds"),
        (lambda: IndicatorPolicy(risk_messages_per_member=-1), "policy.risk_messages_per_member"),
        (lambda: IndicatorPolicy(risk_minimum_members=0), "policy.risk_minimum_members"),
        (lambda: IndicatorPolicy(alert_window_days=91), "policy.alert_window_days"),
    ):
        with pytest.raises(InvalidPolicy) as refusal:
            wrong()
        assert refusal.value.field == field
