from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from segmentation.domain.errors import InvalidWindow
from segmentation.domain.indicators import GroupCounts, IndicatorStatus, Window, assess
from segmentation.domain.policy import IndicatorKind as Kind
from segmentation.domain.policy import IndicatorPolicy

SHANGHAI = ZoneInfo("Asia/Shanghai")
COUNTS = GroupCounts(
    UUID(int=1),
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
    assessed = assess(COUNTS, 7, IndicatorPolicy())
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
    policy = IndicatorPolicy()
    assert assess(replace(COUNTS, week_messages=99), 7, policy).at_risk_of_leaving
    assert not assess(replace(COUNTS, week_messages=0, members=2), 7, policy).at_risk_of_leaving


def test_a_window_is_local_days_and_has_no_future() -> None:
    window = Window.of(date(2026, 3, 1), date(2026, 3, 7), SHANGHAI)
    assert window.starts_at == datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert window.ends_at == datetime(2026, 3, 7, 16, tzinfo=UTC)
    begun = window.begun(datetime(2026, 3, 2, 16, tzinfo=UTC))
    assert begun is not None
    assert begun.days == 3
    assert window.begun(datetime(2026, 2, 28, 15, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (date(2026, 3, 2), date(2026, 3, 1), "from_date"),
        (date(2025, 1, 1), date(2026, 3, 1), "to_date"),
    ],
)
def test_a_window_that_cannot_be_measured_is_refused(first: date, last: date, field: str) -> None:
    with pytest.raises(InvalidWindow) as refusal:
        Window.of(first, last, SHANGHAI)
    assert refusal.value.field == field
