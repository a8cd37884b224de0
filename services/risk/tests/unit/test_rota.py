"""Shifts, cover and gaps: by the local clock, also where it changes."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from chassis.ids import new_id
from risk.domain.errors import InvalidPolicy
from risk.domain.local_time import instant
from risk.domain.rota_errors import (
    GroupNotServed,
    InvalidShift,
    NotYourShift,
    NotYourSwap,
    ShiftBegun,
    SwapAnswered,
)
from risk.domain.rota_gap import Cover, Lack, RotaGap, lacks, watch
from risk.domain.rota_policy import Hours, RotaPolicy
from risk.domain.shift import Moderator, Shift, WeeklyShift, first_met
from risk.domain.shift_swap import ShiftSwap, SwapStatus

from ..samples import NOW

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
# Clocks in New York skip 02:00 to 03:00 on the one day and repeat 01:00 to 02:00 on the other.
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)
GROUP = UUID(int=1)
HOUR = timedelta(hours=1)
FIRST = date(2026, 1, 1)


def weekly(weekday: int, start_minute: int, minutes: int, until_day: date | None = None) -> WeeklyShift:
    return WeeklyShift(new_id(), GROUP, "ann", weekday, start_minute, minutes, FIRST, until_day)


def shift(starts_at: datetime = NOW + HOUR) -> Shift:
    return Shift(new_id(), GROUP, "ann", starts_at, starts_at + HOUR)


@pytest.mark.parametrize(
    ("size", "needed"),
    [(0, 0), (1, 1), (200, 1), (201, 2), (400, 2), (401, 3), (499, 3), (500, 3), (2_000, 3)],
)
def test_moderators_needed(size: int, needed: int) -> None:
    assert RotaPolicy().needed(size) == needed


def test_a_policy_out_of_range_is_refused() -> None:
    with pytest.raises(InvalidPolicy, match="members_per_moderator"):
        RotaPolicy(members_per_moderator=0)
    with pytest.raises(InvalidPolicy) as refused:
        RotaPolicy(cover_from_minute=600, cover_until_minute=600)
    assert refused.value.field == "policy.cover_until_minute"


@pytest.mark.parametrize(
    ("day", "minute", "expected"),
    [
        (SPRING, 119, datetime(2026, 3, 8, 6, 59, tzinfo=UTC)),
        (SPRING, 120, datetime(2026, 3, 8, 7, tzinfo=UTC)),
        (SPRING, 150, datetime(2026, 3, 8, 7, tzinfo=UTC)),
        (SPRING, 180, datetime(2026, 3, 8, 7, tzinfo=UTC)),
        (AUTUMN, 90, datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
        (AUTUMN, 120, datetime(2026, 11, 1, 7, tzinfo=UTC)),
        (AUTUMN, 1440, datetime(2026, 11, 2, 5, tzinfo=UTC)),
    ],
)
def test_minutes_of_days_on_which_clocks_change(day: date, minute: int, expected: datetime) -> None:
    assert instant(day, minute, NEW_YORK) == expected


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"])
def test_later_minutes_are_never_earlier_instants(day: date, zone: str) -> None:
    instants = [instant(day - timedelta(days=1), minute, ZoneInfo(zone)) for minute in range(3 * 1440)]
    assert instants == sorted(instants)


def test_shifts_that_follow_each_other_leave_no_hole_and_never_overlap() -> None:
    for day in (SPRING, AUTUMN):
        parts = [weekly(7, start, 30) for start in range(0, 1440, 30)]
        hours = [part.hours(day, NEW_YORK) for part in parts]
        assert all(one.until_at == other.from_at for one, other in pairwise(hours))
        assert hours[-1].until_at == instant(day + timedelta(days=1), 0, NEW_YORK)


def test_a_night_shift_ends_on_the_next_day() -> None:
    hours = weekly(1, 22 * 60, 8 * 60).hours(date(2026, 11, 2), SHANGHAI)
    assert hours == Hours(datetime(2026, 11, 2, 14, tzinfo=UTC), datetime(2026, 11, 2, 22, tzinfo=UTC))


def test_days_of_a_weekly_shift() -> None:
    monday = date(2026, 11, 2)
    on_mondays = weekly(1, 540, 60, until_day=date(2026, 11, 9))
    days = [monday, date(2026, 11, 9)]
    assert on_mondays.days(monday, date(2026, 12, 1)) == days
    assert on_mondays.days(monday - timedelta(days=3), monday) == [monday]
    assert on_mondays.days(date(2026, 11, 10), date(2026, 12, 1)) == []
    assert on_mondays.end(date(2026, 11, 9)).days(monday, date(2026, 12, 1)) == [monday]


@pytest.mark.parametrize(
    ("one", "other", "met"),
    [
        (weekly(1, 540, 60), weekly(1, 600, 60), False),
        (weekly(1, 540, 61), weekly(1, 600, 60), True),
        (weekly(1, 540, 60), weekly(2, 540, 60), False),
        (weekly(1, 1380, 120), weekly(2, 0, 60), True),
        (weekly(7, 1380, 120), weekly(1, 30, 60), True),
        (weekly(7, 1380, 60), weekly(1, 0, 60), False),
        (weekly(3, 0, 1440), weekly(3, 700, 1), True),
        (weekly(1, 540, 60, until_day=FIRST), replace(weekly(1, 540, 60), from_day=date(2026, 1, 2)), False),
    ],
)
def test_weekly_shifts_that_meet(one: WeeklyShift, other: WeeklyShift, met: bool) -> None:
    assert one.meets(other) is other.meets(one) is met
    assert first_met(one, [other]) is (other if met else None)


@pytest.mark.parametrize(
    ("weekday", "start", "minutes"), [(0, 0, 60), (8, 0, 60), (1, 1440, 1), (1, 0, 1441)]
)
def test_a_weekly_shift_out_of_range_is_refused(weekday: int, start: int, minutes: int) -> None:
    with pytest.raises(InvalidShift):
        weekly(weekday, start, minutes)


def test_a_weekly_shift_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InvalidShift) as refused:
        weekly(1, 0, 60, until_day=FIRST - timedelta(days=1)).must_go_on()
    assert refused.value.field == "template.until_day"


def test_a_single_shift() -> None:
    hours = Hours(NOW + HOUR, NOW + 2 * HOUR)
    assert Shift.single(GROUP, GROUP, "ann", hours, NOW).ends_at == hours.until_at
    for wrong in (Hours(NOW, NOW), Hours(NOW, NOW + 25 * HOUR), Hours(NOW - 2 * HOUR, NOW)):
        with pytest.raises(InvalidShift):
            Shift.single(GROUP, GROUP, "ann", wrong, NOW)


def test_only_a_shift_ahead_can_be_changed() -> None:
    ahead, running = shift(), shift(NOW)
    assert ahead.cancel(NOW).cancel(NOW + 9 * HOUR).cancelled
    for change in (running.cancel, lambda now: running.hand_over("bob", now)):
        with pytest.raises(ShiftBegun):
            change(NOW)
    with pytest.raises(ShiftBegun):
        ahead.cancel(NOW).hand_over("bob", NOW)
    with pytest.raises(NotYourShift):
        ahead.offer("bob", any_of=False, now=NOW)
    assert ahead.offer("boss", any_of=True, now=NOW) == ahead.offer("ann", any_of=False, now=NOW)


def test_a_moderator_serves_named_groups_only() -> None:
    with pytest.raises(GroupNotServed):
        Moderator("ann", "安", frozenset()).must_serve(GROUP)


def test_a_swap_is_answered_once_by_the_colleague() -> None:
    offered = ShiftSwap(new_id(), new_id(), "ann", "bob", NOW)
    accepted = offered.answer("bob", accept=True, now=NOW)
    assert (accepted.status, accepted.answered_at) == (SwapStatus.ACCEPTED, NOW)
    assert accepted.answer("bob", accept=True, now=NOW + HOUR) == accepted
    with pytest.raises(SwapAnswered):
        accepted.answer("bob", accept=False, now=NOW)
    with pytest.raises(NotYourSwap):
        offered.answer("ann", accept=True, now=NOW)


def test_hours_to_be_covered_follow_the_local_day() -> None:
    at = datetime(2026, 11, 2, 12, 30, tzinfo=UTC)
    within = Hours(at, at + timedelta(days=2))
    covered = RotaPolicy().covered_hours(within, SHANGHAI)
    assert covered == [
        Hours(at, datetime(2026, 11, 2, 14, tzinfo=UTC)),
        Hours(datetime(2026, 11, 3, 0, tzinfo=UTC), datetime(2026, 11, 3, 14, tzinfo=UTC)),
        Hours(datetime(2026, 11, 4, 0, tzinfo=UTC), within.until_at),
    ]
    days = Hours(instant(SPRING, 0, NEW_YORK), instant(SPRING + timedelta(days=1), 0, NEW_YORK))
    [day] = replace(RotaPolicy(), cover_from_minute=0, cover_until_minute=1440).covered_hours(days, NEW_YORK)
    assert day.until_at - day.from_at == 23 * HOUR


def cover(start: int, end: int, *staff: str, size: int = 300) -> Cover:
    return Cover(GROUP, NOW + start * HOUR, NOW + end * HOUR, size, staff)


def lack(start: int, end: int, missing: int = 1) -> Lack:
    return Lack(GROUP, NOW + start * HOUR, NOW + end * HOUR, missing)


def test_lacks_that_touch_are_one() -> None:
    covers = [cover(0, 1, "a"), cover(1, 2), cover(2, 3, "a", "b"), cover(3, 4, "a"), cover(5, 6, "b")]
    assert lacks(covers, RotaPolicy()) == [lack(0, 2, 2), lack(3, 4), lack(5, 6)]


def gap(start: int, end: int, missing: int = 1) -> RotaGap:
    return RotaGap(new_id(), GROUP, NOW + start * HOUR, NOW + end * HOUR, missing, NOW)


def test_a_gap_is_new_once_and_closes_itself() -> None:
    known = gap(2, 4)
    same = watch([known], [lack(2, 4)], NOW)
    assert (same.new, same.changed, same.closed) == ([], [], [])
    longer = watch([known], [lack(1, 5, 2)], NOW)
    assert longer.changed == [replace(known, starts_at=NOW + HOUR, ends_at=NOW + 5 * HOUR, missing=2)]
    elsewhere = watch([known], [replace(lack(2, 4), group_id=UUID(int=2))], NOW)
    assert (len(elsewhere.new), len(elsewhere.closed)) == (1, 1)
    covered = watch([known], [], NOW)
    assert covered.closed == [replace(known, closed_at=NOW)]
    assert covered.closed[0].covered


def test_a_gap_goes_on_while_its_time_passes_and_is_over_uncovered() -> None:
    known = gap(-1, 2)
    assert watch([known], [lack(0, 2)], NOW).changed == []
    [over] = watch([known], [], NOW + 3 * HOUR).closed
    assert not over.covered


def test_a_gap_filled_in_its_middle_is_two() -> None:
    watched = watch([gap(1, 9)], [lack(1, 3), lack(6, 9)], NOW)
    assert (len(watched.changed), watched.new, watched.closed) == (1, [lack(6, 9)], [])
