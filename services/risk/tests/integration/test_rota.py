"""The rota, of the fake and of PostgreSQL alike; races, and nobody on duty twice however many try."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from chassis.database import Database
from chassis.ids import new_id
from chassis.paging import PageRequest
from chassis.testbed.tenants import register
from chassis.timer_loop import TimerLoop
from risk.application.add_shift import add_shift
from risk.application.answer_shift_swap import answer_shift_swap
from risk.application.cancel_shift import cancel_shift
from risk.application.create_shift_template import create_shift_template
from risk.application.end_shift_template import end_shift_template
from risk.application.list_coverage import list_coverage
from risk.application.list_duty_tasks import list_duty_tasks
from risk.application.offer_shift import offer_shift
from risk.application.ports import Transactions
from risk.application.put_moderator import put_moderator
from risk.application.remove_moderator import remove_moderator
from risk.application.rota_ports import ShiftListing
from risk.application.update_rota_policy import update_rota_policy
from risk.application.watch_rota import watch_rota
from risk.domain.errors import DomainError, InvalidPeriod, StaleVersion
from risk.domain.rota_errors import (
    GroupNotFound,
    GroupNotServed,
    ModeratorNotFound,
    OnDutyAlready,
    ShiftOffered,
    SwapAnswered,
)
from risk.domain.rota_gap import RotaGap
from risk.domain.rota_policy import Hours, RotaPolicy
from risk.domain.shift import Moderator, Shift, WeeklyShift
from risk.domain.shift_swap import ShiftSwap, SwapStatus
from risk.entrypoints.rota_timers import ROTA_TIMERS

from ..samples import ADVERT, message
from ..unit.fakes import FakeTransactions
from .conftest import screen

ALL = PageRequest(100, count_total=True)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
# Monday, 08:00 in Shanghai: the hours to be covered begin.
MORNING = datetime(2026, 11, 2, tzinfo=UTC)
EVENING = MORNING + 14 * HOUR
TODAY = date(2026, 11, 2)
GROUP, OTHER = new_id(), new_id()
EVERYTHING = Hours(MORNING - DAY, MORNING + 60 * DAY)


@pytest.fixture(params=["fake", "sql"])
async def rota(
    request: pytest.FixtureRequest, sql_transactions: Transactions, database: Database, tenant_id: UUID
) -> Transactions:
    """Of a tenant with a group of 300, one of 20, and three moderators of both."""
    chosen: Transactions = FakeTransactions() if request.param == "fake" else sql_transactions
    return await staffed(chosen, database, tenant_id)


@pytest.fixture
async def sql_rota(sql_transactions: Transactions, database: Database, tenant_id: UUID) -> Transactions:
    return await staffed(sql_transactions, database, tenant_id)


async def staffed(transactions: Transactions, database: Database, tenant_id: UUID) -> Transactions:
    await register(database, tenant_id)
    async with transactions(tenant_id) as uow:
        await uow.group_sizes.move({GROUP: 300, OTHER: 20})
        for staff_id in ("ann", "bob", "cui"):
            await put_moderator(
                uow, Moderator(staff_id, staff_id.title(), frozenset({GROUP, OTHER})), MORNING
            )
    return transactions


def weekly(
    weekday: int, staff_id: str = "ann", start_minute: int = 480, minutes: int = 840, group_id: UUID = GROUP
) -> WeeklyShift:
    return WeeklyShift(new_id(), group_id, staff_id, weekday, start_minute, minutes, TODAY)


async def added(
    rota: Transactions, tenant_id: UUID, staff_id: str, start: int, end: int, group_id: UUID = GROUP
) -> Shift:
    """From and until hours after the morning."""
    hours = Hours(MORNING + start * HOUR, MORNING + end * HOUR)
    async with rota(tenant_id) as uow:
        return await add_shift(uow, group_id, staff_id, hours, MORNING)


async def shifts(rota: Transactions, tenant_id: UUID, listing: ShiftListing | None = None) -> list[Shift]:
    async with rota(tenant_id) as uow:
        return list((await uow.shifts.page(ALL, EVERYTHING, listing or ShiftListing())).items)


async def gaps(rota: Transactions, tenant_id: UUID, now: datetime, group_id: UUID = GROUP) -> list[RotaGap]:
    """All of a group, after a look at the rota."""
    async with rota(tenant_id) as uow:
        await watch_rota(uow, now)
        return list((await uow.rota_gaps.page(ALL, group_id, closed=True)).items)[::-1]


async def told(database: Database, tenant_id: UUID, kind: str) -> int:
    count = text("select count(*) from outbox where subject like '%.' || :kind || '.%'")
    async with database.session(tenant_id) as session:
        return int((await session.connection.execute(count, {"kind": kind})).scalar_one())


async def outcome(of: Callable[[], Awaitable[object]]) -> str:
    try:
        await of()
    except DomainError as refused:
        return type(refused).__name__
    return "done"


async def test_cover_changes_with_who_comes_and_goes(rota: Transactions, tenant_id: UUID) -> None:
    await added(rota, tenant_id, "ann", -2, 6)
    await added(rota, tenant_id, "bob", 4, 20)
    await added(rota, tenant_id, "cui", 4, 5, OTHER)
    await cancelled(rota, tenant_id, await added(rota, tenant_id, "cui", 6, 8))
    async with rota(tenant_id) as uow:
        spans, policy = await list_coverage(uow, GROUP, Hours(MORNING - 3 * HOUR, MORNING + DAY + HOUR))
    assert [(it.starts_at - MORNING, it.ends_at - MORNING, it.staff_ids) for it in spans] == [
        (0 * HOUR, 4 * HOUR, ("ann",)),
        (4 * HOUR, 6 * HOUR, ("ann", "bob")),
        (6 * HOUR, 14 * HOUR, ("bob",)),
        (24 * HOUR, 25 * HOUR, ()),
    ]
    assert {policy.needed(it.size) for it in spans} == {2}
    async with rota(tenant_id) as uow:
        with pytest.raises(InvalidPeriod):
            await list_coverage(uow, GROUP, Hours(MORNING, MORNING + 32 * DAY))
        assert (await list_coverage(uow, new_id(), Hours(MORNING, EVENING)))[0] == []


async def cancelled(rota: Transactions, tenant_id: UUID, shift: Shift) -> Shift:
    async with rota(tenant_id) as uow:
        return await cancel_shift(uow, shift.id, MORNING - HOUR)


async def test_weekly_shifts_are_planned_ahead_once(rota: Transactions, tenant_id: UUID) -> None:
    template = weekly(1)
    async with rota(tenant_id) as uow:
        planned = await create_shift_template(uow, template, MORNING)
    assert [shift.day for shift in planned] == [TODAY + number * WEEK for number in range(5)]
    assert (planned[0].starts_at, planned[0].ends_at) == (MORNING, EVENING)
    await cancelled(rota, tenant_id, planned[1])
    await gaps(rota, tenant_id, MORNING)
    assert len(await shifts(rota, tenant_id)) == 5
    await gaps(rota, tenant_id, MORNING + WEEK + HOUR)
    stored = await shifts(rota, tenant_id)
    assert [shift.cancelled for shift in stored] == [False, True, False, False, False, False]


async def test_an_ended_weekly_shift_is_planned_no_more(rota: Transactions, tenant_id: UUID) -> None:
    template = weekly(1)
    async with rota(tenant_id) as uow:
        await create_shift_template(uow, template, MORNING)
    async with rota(tenant_id) as uow:
        ended, count = await end_shift_template(uow, template.id, MORNING + HOUR)
    assert (ended.until_day, count) == (TODAY - DAY, 4)
    async with rota(tenant_id) as uow:
        assert await end_shift_template(uow, template.id, MORNING + 2 * HOUR) == (ended, 0)
        assert await uow.shifts.weekly(TODAY, ShiftListing()) == []
        await watch_rota(uow, MORNING + 2 * WEEK)
    assert [shift.cancelled for shift in await shifts(rota, tenant_id)] == [False, *[True] * 4]


async def test_a_night_shift_across_midnight_covers_both_days(rota: Transactions, tenant_id: UUID) -> None:
    around_the_clock = RotaPolicy(cover_from_minute=0, cover_until_minute=1440)
    async with rota(tenant_id) as uow:
        await update_rota_policy(uow, around_the_clock, 0, MORNING)
        await create_shift_template(uow, weekly(1, start_minute=22 * 60, minutes=8 * 60), MORNING)
    async with rota(tenant_id) as uow:
        spans, _ = await list_coverage(uow, GROUP, Hours(EVENING - HOUR, EVENING + 9 * HOUR))
    assert [(it.starts_at - EVENING, it.ends_at - EVENING, it.staff_ids) for it in spans] == [
        (-HOUR, 0 * HOUR, ()),
        (0 * HOUR, 2 * HOUR, ("ann",)),
        (2 * HOUR, 8 * HOUR, ("ann",)),
        (8 * HOUR, 9 * HOUR, ()),
    ]
    with pytest.raises(OnDutyAlready):
        await added(rota, tenant_id, "ann", 20, 23, OTHER)


async def test_nights_on_which_clocks_change(
    sql_transactions: Transactions, database: Database, tenant_id: UUID
) -> None:
    await register(database, tenant_id, "America/New_York")
    saturday = datetime(2026, 10, 31, 12, tzinfo=UTC)
    async with sql_transactions(tenant_id) as uow:
        await uow.group_sizes.move({GROUP: 20})
        await put_moderator(uow, Moderator("ann", "安", frozenset({GROUP})), saturday)
        night = WeeklyShift(new_id(), GROUP, "ann", 6, 22 * 60, 8 * 60, date(2026, 10, 31))
        day = WeeklyShift(new_id(), GROUP, "ann", 7, 6 * 60, 16 * 60, date(2026, 10, 31))
        [first, *_] = await create_shift_template(uow, night, saturday)
        [following, *_] = await create_shift_template(uow, day, saturday)
    assert first.ends_at - first.starts_at == 9 * HOUR
    assert following.starts_at == first.ends_at == datetime(2026, 11, 1, 11, tzinfo=UTC)


async def test_weekly_shifts_of_a_moderator_do_not_meet(rota: Transactions, tenant_id: UUID) -> None:
    async with rota(tenant_id) as uow:
        await create_shift_template(uow, weekly(1), MORNING)
    for wrong, error in (
        (weekly(1, start_minute=600, minutes=60, group_id=OTHER), OnDutyAlready),
        (weekly(1, "nobody"), ModeratorNotFound),
        (weekly(2, group_id=new_id()), GroupNotServed),
    ):
        with pytest.raises(error):
            async with rota(tenant_id) as uow:
                await create_shift_template(uow, wrong, MORNING)


async def test_a_weekly_shift_gives_way_to_a_single_one(rota: Transactions, tenant_id: UUID) -> None:
    single = await added(rota, tenant_id, "ann", 1, 2, OTHER)
    async with rota(tenant_id) as uow:
        planned = await create_shift_template(uow, weekly(1), MORNING)
    assert TODAY not in {shift.day for shift in planned}
    assert single in await shifts(rota, tenant_id)


async def test_nobody_is_on_duty_twice_however_many_try(
    sql_rota: Transactions, tenant_id: UUID, database: Database
) -> None:
    tries = [
        lambda n=n: added(sql_rota, tenant_id, "ann", n % 3, n % 3 + 3, (GROUP, OTHER)[n % 2])
        for n in range(12)
    ]
    outcomes = await asyncio.gather(*map(outcome, tries))
    assert Counter(outcomes) == {"done": 1, "OnDutyAlready": 11}
    overlapping = text("""
        insert into shifts (tenant_id, id, group_id, staff_id, starts_at, ends_at, cancelled)
        select tenant_id, gen_random_uuid(), group_id, staff_id, starts_at, ends_at, false from shifts
    """)
    with pytest.raises(IntegrityError, match="shifts_on_duty_once"):
        async with database.session(tenant_id) as session:
            await session.connection.execute(overlapping)


async def test_changes_race_with_looks_at_the_rota(
    sql_rota: Transactions, tenant_id: UUID, database: Database
) -> None:
    """Neither waits for the other for ever."""
    looking = TimerLoop(database, sql_rota, ROTA_TIMERS, clock=lambda: MORNING)
    running = asyncio.create_task(looking.run())
    try:
        await asyncio.gather(*(added(sql_rota, tenant_id, "ann", start, start + 1) for start in range(40)))
    finally:
        running.cancel()
    assert len(await shifts(sql_rota, tenant_id)) == 40


async def test_a_gap_is_told_once_before_it_happens_and_closes_itself(
    sql_rota: Transactions, tenant_id: UUID, database: Database
) -> None:
    await added(sql_rota, tenant_id, "ann", 0, 14)
    await added(sql_rota, tenant_id, "bob", 0, 4)
    [today, tomorrow] = await gaps(sql_rota, tenant_id, MORNING)
    assert (today.starts_at, today.ends_at, today.missing) == (MORNING + 4 * HOUR, EVENING, 1)
    assert (tomorrow.starts_at, tomorrow.ends_at, tomorrow.missing) == (MORNING + DAY, EVENING + DAY, 2)
    assert await told(database, tenant_id, "gap_foreseen") == 4, "two of each group"
    again = await gaps(sql_rota, tenant_id, MORNING)
    assert again == [today, tomorrow]
    assert await told(database, tenant_id, "gap_foreseen") == 4
    await gaps(sql_rota, tenant_id, MORNING + HOUR)
    assert await told(database, tenant_id, "gap_foreseen") == 6, "a third day came into sight"

    cover = await added(sql_rota, tenant_id, "cui", 4, 14)
    [covered, *_] = await gaps(sql_rota, tenant_id, MORNING + 2 * HOUR)
    assert (covered.id, covered.closed_at, covered.covered) == (today.id, MORNING + 2 * HOUR, True)
    assert await told(database, tenant_id, "gap_closed") == 1
    async with sql_rota(tenant_id) as uow:
        await cancel_shift(uow, cover.id, MORNING + 3 * HOUR)
    again = [gap for gap in await gaps(sql_rota, tenant_id, MORNING + 3 * HOUR) if gap.closed_at is None]
    assert (again[0].starts_at, again[0].id == today.id) == (today.starts_at, False)
    later = await gaps(sql_rota, tenant_id, EVENING)
    assert [gap.covered for gap in later if gap.closed_at] == [True, False]


async def test_large_groups_need_more(rota: Transactions, tenant_id: UUID) -> None:
    for staff_id in ("ann", "bob"):
        await added(rota, tenant_id, staff_id, 0, 14)
    assert MORNING not in {gap.starts_at for gap in await gaps(rota, tenant_id, MORNING)}
    async with rota(tenant_id) as uow:
        await uow.group_sizes.move({GROUP: 200})
    assert (await gaps(rota, tenant_id, MORNING))[0].missing == 1
    async with rota(tenant_id) as uow:
        await update_rota_policy(uow, RotaPolicy(large_group_moderators=2), 0, MORNING)
        with pytest.raises(StaleVersion):
            await update_rota_policy(uow, RotaPolicy(), 0, MORNING)
    assert (await gaps(rota, tenant_id, MORNING))[0].covered


async def test_sizes_never_fall_below_nothing(sql_rota: Transactions, tenant_id: UUID) -> None:
    await asyncio.gather(*(resized(sql_rota, tenant_id, change) for change in [-30, *[1] * 10]))
    async with sql_rota(tenant_id) as uow:
        spans, _ = await list_coverage(uow, OTHER, Hours(MORNING, EVENING))
        await uow.group_sizes.must_know([GROUP, OTHER])
        with pytest.raises(GroupNotFound):
            await uow.group_sizes.must_know([GROUP, new_id()])
    assert spans[0].size == 0
    await resized(sql_rota, tenant_id, -5)
    async with sql_rota(tenant_id) as uow:
        assert (await list_coverage(uow, OTHER, Hours(MORNING, EVENING)))[0][0].size == 0


async def resized(rota: Transactions, tenant_id: UUID, change: int) -> None:
    async with rota(tenant_id) as uow:
        await uow.group_sizes.move({OTHER: change})


async def offered(rota: Transactions, tenant_id: UUID, shift: Shift, to: str) -> ShiftSwap:
    async with rota(tenant_id) as uow:
        return (await offer_shift(uow, shift.id, shift.staff_id, to, any_of=False, now=MORNING))[0]


async def answered(rota: Transactions, tenant_id: UUID, swap: ShiftSwap, accept: bool) -> Shift:
    async with rota(tenant_id) as uow:
        return (await answer_shift_swap(uow, swap.id, swap.offered_to, accept, MORNING))[1]


async def test_a_shift_changes_hands(rota: Transactions, tenant_id: UUID) -> None:
    shift = await added(rota, tenant_id, "ann", 2, 4)
    refused = await offered(rota, tenant_id, shift, "bob")
    with pytest.raises(ShiftOffered):
        await offered(rota, tenant_id, shift, "cui")
    assert (await answered(rota, tenant_id, refused, accept=False)).staff_id == "ann"
    swap = await offered(rota, tenant_id, shift, "cui")
    assert (await answered(rota, tenant_id, swap, accept=True)).staff_id == "cui"
    assert (await answered(rota, tenant_id, swap, accept=True)).staff_id == "cui"
    with pytest.raises(SwapAnswered):
        await answered(rota, tenant_id, swap, accept=False)
    await added(rota, tenant_id, "ann", 2, 4, OTHER)
    async with rota(tenant_id) as uow:
        page = await uow.shift_swaps.page(ALL, SwapStatus.ACCEPTED, "ann")
    assert [(it.offered_to, now.staff_id) for it, now in page.items] == [("cui", "cui")]


async def test_swaps_race_with_other_shifts(sql_rota: Transactions, tenant_id: UUID) -> None:
    """Two shifts at one time are offered to the same colleague, who is being put on a third."""
    first, second = (
        await added(sql_rota, tenant_id, "ann", 2, 4),
        await added(sql_rota, tenant_id, "bob", 3, 5, OTHER),
    )
    swaps = [await offered(sql_rota, tenant_id, shift, "cui") for shift in (first, second)]
    tries = [
        *(lambda swap=swap: answered(sql_rota, tenant_id, swap, accept=True) for swap in swaps * 3),
        lambda: added(sql_rota, tenant_id, "cui", 1, 6),
    ]
    outcomes = await asyncio.gather(*map(outcome, tries))
    assert Counter(outcomes) in ({"done": 3, "OnDutyAlready": 4}, {"done": 1, "OnDutyAlready": 6})
    of_cui = await shifts(sql_rota, tenant_id, ShiftListing(staff_id="cui"))
    assert len(of_cui) == 1


async def test_of_accepting_and_cancelling_one_is_done(sql_rota: Transactions, tenant_id: UUID) -> None:
    shift = await added(sql_rota, tenant_id, "ann", 2, 4)
    swap = await offered(sql_rota, tenant_id, shift, "bob")
    outcomes = await asyncio.gather(
        outcome(lambda: answered(sql_rota, tenant_id, swap, accept=True)),
        outcome(lambda: cancelled(sql_rota, tenant_id, shift)),
    )
    [stored] = await shifts(sql_rota, tenant_id)
    assert stored.cancelled
    assert outcomes[1] == "done"
    assert stored.staff_id == ("bob" if outcomes[0] == "done" else "ann")


async def test_who_leaves_the_rota_has_no_shifts_ahead(rota: Transactions, tenant_id: UUID) -> None:
    running = await added(rota, tenant_id, "ann", 0, 2)
    async with rota(tenant_id) as uow:
        await create_shift_template(uow, weekly(3), MORNING)
    async with rota(tenant_id) as uow:
        assert await remove_moderator(uow, "ann", MORNING + HOUR) == 4
        assert await remove_moderator(uow, "ann", MORNING + HOUR) == 0
        await watch_rota(uow, MORNING + WEEK)
        with pytest.raises(ModeratorNotFound):
            await uow.moderators.get("ann")
        assert [it.staff_id for it in (await uow.moderators.page(ALL)).items] == ["bob", "cui"]
    assert [it.id for it in await shifts(rota, tenant_id) if not it.cancelled] == [running.id]


async def test_tasks_are_shown_to_who_is_on_duty(rota: Transactions, tenant_id: UUID) -> None:
    await added(rota, tenant_id, "ann", 0, 2)
    await added(rota, tenant_id, "bob", 0, 2, OTHER)
    await screen(rota, tenant_id, [message(ADVERT, group_id=GROUP, occurred_at=MORNING)], MORNING)

    async def to_do(staff_id: str, at: datetime) -> list[UUID]:
        async with rota(tenant_id) as uow:
            return [task.group_id for task in (await list_duty_tasks(uow, ALL, staff_id, at)).items]

    assert await to_do("ann", MORNING + HOUR) == [GROUP]
    assert await to_do("bob", MORNING + HOUR) == await to_do("ann", MORNING + 2 * HOUR) == []
    async with rota(tenant_id) as uow:
        on_duty = await uow.shifts.on_duty(MORNING + HOUR, ShiftListing(GROUP))
    assert [shift.staff_id for shift in on_duty] == ["ann"]
