"""Clocks run only while service is open, whatever the zone does."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.domain.errors import InvalidPolicy
from support.domain.policy import EVERY_DAY
from support.domain.service_hours import ServiceHours, ServiceInterval

SHANGHAI = ZoneInfo("Asia/Shanghai")
NINE_TO_MIDNIGHT = ServiceHours(EVERY_DAY, frozenset())


def shanghai(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, second, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        (shanghai(22, 12), shanghai(22, 12, 3)),
        (shanghai(22, 23, 59), shanghai(23, 9, 2)),  # one minute today, two tomorrow
        (shanghai(22, 23, 57), shanghai(23, 0)),  # the last three minutes end at 24:00
        (shanghai(22, 3), shanghai(22, 9, 3)),
        (shanghai(22, 8, 59, 59), shanghai(22, 9, 3)),
    ],
)
def test_three_minutes_of_service(asked: datetime, due: datetime) -> None:
    assert NINE_TO_MIDNIGHT.deadline(asked, 180, SHANGHAI) == due


def test_holidays_and_lunch_breaks_do_not_count() -> None:
    office = tuple(
        ServiceInterval(weekday, start * 60, end * 60)
        for weekday in range(1, 6)
        for start, end in ((9, 12), (13, 18))
    )
    hours = ServiceHours(office, frozenset({date(2026, 11, 23)}))
    friday_evening = shanghai(20, 17, 30)
    assert hours.deadline(friday_evening, 4 * 3600, SHANGHAI) == shanghai(24, 13, 30)


def test_no_service_ahead_means_no_deadline() -> None:
    assert ServiceHours((), frozenset()).deadline(shanghai(22, 12), 180, SHANGHAI) is None


def test_a_day_of_23_hours() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    whole_day = ServiceHours((ServiceInterval(7, 0, 1440),), frozenset())
    midnight = datetime(2026, 3, 29, tzinfo=berlin)  # the clock jumps from 02:00 to 03:00
    deadline = whole_day.deadline(midnight, 23 * 3600, berlin)
    assert deadline == datetime(2026, 3, 30, tzinfo=berlin)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.integers(1, 200_000))  # noqa: DTZ001
def test_the_deadline_has_exactly_that_much_service_before_it(naive: datetime, seconds: int) -> None:
    asked = naive.replace(tzinfo=UTC, microsecond=0)
    deadline = NINE_TO_MIDNIGHT.deadline(asked, seconds, SHANGHAI)
    assert deadline is not None
    open_seconds = 0
    cursor = asked
    while cursor < deadline:
        step = min(timedelta(minutes=1) - timedelta(seconds=cursor.second), deadline - cursor)
        if cursor.astimezone(SHANGHAI).hour >= 9:
            open_seconds += int(step.total_seconds())
        cursor += step
    assert open_seconds == seconds


@pytest.mark.parametrize(
    "intervals",
    [
        (ServiceInterval(1, 600, 500),),
        (ServiceInterval(1, 0, 1441),),
        (ServiceInterval(1, 0, 600), ServiceInterval(1, 599, 700)),
    ],
)
def test_impossible_intervals_are_refused(intervals: tuple[ServiceInterval, ...]) -> None:
    with pytest.raises(InvalidPolicy):
        ServiceHours(intervals, frozenset())
