"""The rota: who may be put on duty, what is planned, and what is told of gaps."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from chassis.ids import new_id
from chassis.paging import PageRequest
from risk.application.add_shift import add_shift
from risk.application.answer_shift_swap import answer_shift_swap
from risk.application.cancel_shift import cancel_shift
from risk.application.create_shift_template import create_shift_template
from risk.application.end_shift_template import end_shift_template
from risk.application.list_coverage import list_coverage
from risk.application.list_shift_templates import list_shift_templates
from risk.application.offer_shift import offer_shift
from risk.application.put_moderator import put_moderator
from risk.application.remove_moderator import remove_moderator
from risk.application.rota_ports import ROTA_WATCH, ShiftListing
from risk.application.training_ports import TRAINING_OPENING
from risk.application.update_rota_policy import update_rota_policy
from risk.application.watch_rota import watch_rota
from risk.domain.errors import StaleVersion
from risk.domain.rota_errors import (
    GroupNotFound,
    GroupNotServed,
    InvalidShift,
    NotYourShift,
    NotYourSwap,
    OnDutyAlready,
    ShiftBegun,
    ShiftOffered,
)
from risk.domain.rota_events import RotaGapClosed, RotaGapForeseen
from risk.domain.rota_policy import Hours, RotaPolicy
from risk.domain.shift import Moderator, Shift, WeeklyShift

from .fakes import FakeUnitOfWork, Rows

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
# Monday, 08:00 in Shanghai: the hours to be covered begin.
MORNING = datetime(2026, 11, 2, tzinfo=UTC)
TODAY = date(2026, 11, 2)
EVERYTHING = Hours(MORNING - DAY, MORNING + 90 * DAY)
GROUP, OTHER = new_id(), new_id()


@pytest.fixture
async def uow() -> FakeUnitOfWork:
    """With a group of 300, one that is empty, and two moderators of the first."""
    uow = FakeUnitOfWork(Rows(new_id()))
    await uow.group_sizes.move({GROUP: 300, OTHER: 0})
    for staff_id in ("ann", "bob"):
        await put_moderator(uow, Moderator(staff_id, staff_id.title(), frozenset({GROUP})), MORNING)
    return uow


async def added(uow: FakeUnitOfWork, staff_id: str, start: int, end: int) -> Shift:
    """From and until hours after the morning."""
    hours = Hours(MORNING + start * HOUR, MORNING + end * HOUR)
    return await add_shift(uow, GROUP, staff_id, hours, MORNING)


async def weekly(uow: FakeUnitOfWork, staff_id: str = "ann", minutes: int = 840) -> WeeklyShift:
    """Mondays from eight on."""
    template = WeeklyShift(new_id(), GROUP, staff_id, 1, 480, minutes, TODAY)
    await create_shift_template(uow, template, MORNING)
    return template


def days(uow: FakeUnitOfWork, *, cancelled: bool = False) -> list[date | None]:
    return [it.day for it in uow.rows.of_rota.shifts.values() if it.cancelled is cancelled]


async def test_the_first_on_the_rota_begins_the_watch_and_the_training(uow: FakeUnitOfWork) -> None:
    november_ends = datetime(2026, 11, 30, 16, tzinfo=UTC)
    assert uow.rows.timers == {(ROTA_WATCH, ""): MORNING, (TRAINING_OPENING, ""): november_ends}
    await put_moderator(uow, Moderator("cui", "Cui", frozenset()), MORNING + 60 * DAY)
    assert uow.rows.timers[TRAINING_OPENING, ""] == november_ends
    with pytest.raises(GroupNotFound):
        await put_moderator(uow, Moderator("dan", "Dan", frozenset({new_id()})), MORNING)


async def test_nobody_is_on_duty_twice_or_where_they_do_not_serve(uow: FakeUnitOfWork) -> None:
    await added(uow, "ann", 0, 4)
    await added(uow, "ann", 4, 6)
    with pytest.raises(OnDutyAlready):
        await added(uow, "ann", 3, 5)
    with pytest.raises(GroupNotServed):
        await add_shift(uow, OTHER, "bob", Hours(MORNING, MORNING + HOUR), MORNING)
    with pytest.raises(InvalidShift):
        await added(uow, "bob", -4, 0)


async def test_a_weekly_shift_is_planned_once_for_each_day(uow: FakeUnitOfWork) -> None:
    template = await weekly(uow)
    assert days(uow) == [TODAY + number * WEEK for number in range(5)]
    [_, second, *_] = uow.rows.of_rota.shifts.values()
    await cancel_shift(uow, second.id, MORNING)
    assert await cancel_shift(uow, second.id, MORNING + 30 * DAY) == await uow.shifts.get(second.id)
    await watch_rota(uow, MORNING + HOUR)
    assert len(days(uow)) == 4, "what was cancelled is not planned again"
    assert await list_shift_templates(uow, ShiftListing(GROUP), MORNING) == [template]
    ended, ahead = await end_shift_template(uow, template.id, MORNING + HOUR)
    assert (ended.until_day, ahead, days(uow)) == (TODAY - DAY, 3, [TODAY])
    assert await end_shift_template(uow, template.id, MORNING + HOUR) == (ended, 0)


async def test_a_weekly_shift_gives_way_to_a_single_one_and_meets_no_other(uow: FakeUnitOfWork) -> None:
    single = await added(uow, "ann", 1, 2)
    await weekly(uow)
    assert days(uow) == [single.day, *(TODAY + number * WEEK for number in range(1, 5))]
    with pytest.raises(OnDutyAlready):
        await weekly(uow, minutes=30)
    await weekly(uow, "bob")


async def test_who_leaves_the_rota_keeps_what_runs(uow: FakeUnitOfWork) -> None:
    await weekly(uow)
    assert await remove_moderator(uow, "ann", MORNING + HOUR) == 4
    assert await remove_moderator(uow, "ann", MORNING + HOUR) == 0
    await watch_rota(uow, MORNING + WEEK)
    assert (days(uow), len(days(uow, cancelled=True))) == ([TODAY], 4)


async def test_a_shift_is_offered_to_one_colleague_who_alone_answers(uow: FakeUnitOfWork) -> None:
    shift = await added(uow, "ann", 2, 4)
    with pytest.raises(NotYourShift):
        await offer_shift(uow, shift.id, "bob", "bob", any_of=False, now=MORNING)
    swap, _ = await offer_shift(uow, shift.id, "bob", "bob", any_of=True, now=MORNING)
    assert swap.offered_by == "ann"
    with pytest.raises(ShiftOffered):
        await offer_shift(uow, shift.id, "ann", "bob", any_of=False, now=MORNING)
    with pytest.raises(NotYourSwap):
        await answer_shift_swap(uow, swap.id, "ann", accept=True, now=MORNING)
    accepted, handed_over = await answer_shift_swap(uow, swap.id, "bob", accept=True, now=MORNING)
    assert handed_over.staff_id == "bob"
    assert await answer_shift_swap(uow, swap.id, "bob", accept=True, now=MORNING + DAY) == (
        accepted,
        handed_over,
    )


async def test_a_colleague_on_duty_elsewhere_cannot_accept(uow: FakeUnitOfWork) -> None:
    shift = await added(uow, "ann", 2, 4)
    swap, _ = await offer_shift(uow, shift.id, "ann", "bob", any_of=False, now=MORNING)
    await added(uow, "bob", 3, 5)
    with pytest.raises(OnDutyAlready):
        await answer_shift_swap(uow, swap.id, "bob", accept=True, now=MORNING)
    with pytest.raises(ShiftBegun):
        await answer_shift_swap(uow, swap.id, "bob", accept=True, now=MORNING + 3 * HOUR)
    await answer_shift_swap(uow, swap.id, "bob", accept=False, now=MORNING + 3 * HOUR)
    assert (await uow.shifts.get(shift.id)).staff_id == "ann"


async def test_a_gap_is_foreseen_once_and_closed_once(uow: FakeUnitOfWork) -> None:
    """The group needs two; the empty one nobody."""
    await added(uow, "ann", 0, 14)
    for _ in range(2):
        await watch_rota(uow, MORNING)
    today, tomorrow = uow.rows.of(RotaGapForeseen)
    assert (today.gap.group_id, today.gap.starts_at, today.gap.missing) == (GROUP, MORNING, 1)
    assert (tomorrow.gap.starts_at, tomorrow.gap.missing) == (MORNING + DAY, 2)
    assert uow.rows.timers[ROTA_WATCH, ""] == MORNING + HOUR
    await added(uow, "bob", 0, 14)
    for _ in range(2):
        await watch_rota(uow, MORNING)
    [closed] = uow.rows.of(RotaGapClosed)
    assert (closed.gap.id, closed.gap.covered) == (today.gap.id, True)
    assert len(uow.rows.of(RotaGapForeseen)) == 2


async def test_cover_counts_who_is_on_duty_by_the_policy(uow: FakeUnitOfWork) -> None:
    await added(uow, "ann", -1, 3)
    await added(uow, "bob", 2, 15)
    policy = await update_rota_policy(uow, RotaPolicy(members_per_moderator=100), 0, MORNING)
    with pytest.raises(StaleVersion):
        await update_rota_policy(uow, RotaPolicy(), 0, MORNING)
    covers, in_force = await list_coverage(uow, GROUP, Hours(MORNING - DAY, MORNING + DAY))
    assert [(it.starts_at - MORNING, it.staff_ids) for it in covers] == [
        (-DAY, ()),
        (0 * HOUR, ("ann",)),
        (2 * HOUR, ("ann", "bob")),
        (3 * HOUR, ("bob",)),
    ]
    assert (in_force, {in_force.needed(it.size) for it in covers}) == (policy, {3})


async def test_shifts_are_listed_by_moderator(uow: FakeUnitOfWork) -> None:
    shifts: list[UUID] = [(await added(uow, "bob", start, start + 1)).id for start in (2, 0)]
    await added(uow, "ann", 0, 1)
    page = await uow.shifts.page(PageRequest(9), EVERYTHING, ShiftListing(staff_id="bob"))
    assert [it.id for it in page.items] == shifts[::-1]
