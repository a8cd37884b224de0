from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from segmentation.domain.errors import InvalidWindow
from segmentation.domain.windows import Grain, Window, complete_days

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
APIA = ZoneInfo("Pacific/Apia")


def test_a_window_is_local_days_and_has_no_future() -> None:
    window = Window.of(date(2026, 3, 1), date(2026, 3, 7), SHANGHAI)
    assert window.starts_at == datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert window.ends_at == datetime(2026, 3, 7, 16, tzinfo=UTC)
    begun = window.begun(datetime(2026, 3, 2, 16, tzinfo=UTC))
    assert begun is not None
    assert begun.days == 3
    assert window.begun(datetime(2026, 2, 28, 15, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (NEW_YORK, date(2026, 3, 8), 23),
        (NEW_YORK, date(2026, 11, 1), 25),
        (NEW_YORK, date(2026, 3, 9), 24),
        (APIA, date(2011, 12, 30), 0),  # skipped when the island went to the other side of the date line
        (APIA, date(2011, 12, 31), 24),
    ],
)
def test_a_local_day_lasts_as_long_as_it_does(zone: ZoneInfo, day: date, hours: int) -> None:
    window = Window.of(day, day, zone)
    assert window.ends_at.astimezone(UTC) - window.starts_at.astimezone(UTC) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (date(2026, 3, 2), date(2026, 3, 1), "from_date"),
        (date(2025, 1, 1), date(2026, 3, 1), "to_date"),
        (date(1, 1, 1), date(1, 1, 2), "from_date"),
        (date(9999, 12, 30), date(9999, 12, 31), "to_date"),
    ],
)
def test_a_window_that_cannot_be_measured_is_refused(first: date, last: date, field: str) -> None:
    with pytest.raises(InvalidWindow) as refusal:
        Window.of(first, last, SHANGHAI)
    assert refusal.value.field == field


def test_the_window_before_is_equally_long_and_next_to_it() -> None:
    before = Window.of(date(2024, 3, 1), date(2024, 3, 10), SHANGHAI).before()
    assert (before.first, before.last) == (date(2024, 2, 20), date(2024, 2, 29))


def points(first: date, last: date, grain: Grain) -> list[tuple[str, str]]:
    window = Window.of(first, last, SHANGHAI)
    return [(point.first.isoformat(), point.last.isoformat()) for point in window.points(grain)]


def test_points_are_days_weeks_from_monday_and_months_cut_at_the_ends() -> None:
    assert points(date(2024, 2, 28), date(2024, 3, 1), Grain.DAY) == [
        ("2024-02-28", "2024-02-28"),
        ("2024-02-29", "2024-02-29"),
        ("2024-03-01", "2024-03-01"),
    ]
    assert points(date(2026, 3, 4), date(2026, 3, 16), Grain.WEEK) == [
        ("2026-03-04", "2026-03-08"),
        ("2026-03-09", "2026-03-15"),
        ("2026-03-16", "2026-03-16"),
    ]
    assert points(date(2024, 1, 31), date(2024, 3, 2), Grain.MONTH) == [
        ("2024-01-31", "2024-01-31"),
        ("2024-02-01", "2024-02-29"),
        ("2024-03-01", "2024-03-02"),
    ]
    assert points(date(2025, 12, 1), date(2025, 12, 31), Grain.MONTH) == [("2025-12-01", "2025-12-31")]


def test_at_most_a_hundred_points_and_53_weeks() -> None:
    window = Window.of(date(2026, 1, 1), date(2026, 4, 10), SHANGHAI)
    assert len(window.points(Grain.DAY)) == 100
    longer = Window.of(date(2026, 1, 1), date(2026, 4, 11), SHANGHAI)
    with pytest.raises(InvalidWindow, match="100 points"):
        longer.points(Grain.DAY)
    year = Window.of(date(2026, 1, 5), date(2027, 1, 10), SHANGHAI, longest=None)
    assert [year.weeks()[0], year.weeks()[-1], len(year.weeks())] == [date(2026, 1, 5), date(2027, 1, 4), 53]
    with pytest.raises(InvalidWindow, match="53 weeks"):
        Window.of(date(2026, 1, 4), date(2027, 1, 10), SHANGHAI, longest=None).weeks()


def test_complete_days_end_yesterday_where_the_tenant_is() -> None:
    night = datetime(2026, 3, 7, 16, tzinfo=UTC)
    week = complete_days(7, night, SHANGHAI)
    assert (week.first, week.last) == (date(2026, 3, 1), date(2026, 3, 7))
    assert complete_days(7, night - timedelta(microseconds=1), SHANGHAI).last == date(2026, 3, 6)
