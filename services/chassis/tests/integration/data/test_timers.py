"""Timers under race, failure and rescheduling."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis import timer_loop
from chassis.clock import utc_now
from chassis.database import Database, Session
from chassis.ids import new_id
from chassis.testbed.loops import running
from chassis.testbed.waiting import until_true
from chassis.timer_loop import LEASE, MAX_ATTEMPTS, TimerLoop
from chassis.timers import Timer, TimerHandler

from .conftest import NOW, registered


class Time:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


def loop(database: Database, handler: TimerHandler[Session], time: Time) -> TimerLoop[Session]:
    return TimerLoop(database, database.session, {"wake": handler}, time)


async def rows(database: Database) -> dict[str, Any]:
    async with database.relay_session() as connection:
        return {row.key: row for row in (await connection.execute(text("select * from timers"))).all()}


async def schedule(database: Database, tenant: UUID, *timers: Timer) -> None:
    async with database.session(tenant) as session:
        await session.timers.schedule_many(timers)


async def test_due_timers_of_a_tenant_fire_together_in_order(
    database: Database, tenant: UUID, time: Time
) -> None:
    fired: list[tuple[UUID, list[Timer]]] = []

    async def handler(session: Session, timers: Sequence[Timer], now: datetime) -> None:
        fired.append((session.tenant_id, list(timers)))

    second = Timer("wake", "b", NOW, {"round": 2})
    first = Timer("wake", "a", NOW - timedelta(seconds=1))
    await schedule(database, tenant, second, Timer("wake", "c", NOW + timedelta(seconds=1)), first)
    await schedule(database, tenant, Timer("unhandled", "a", NOW))
    async with database.session(tenant) as session:
        await session.timers.schedule("wake", "d", NOW)
        await session.timers.cancel("wake", "d")
        await session.timers.cancel("wake", "never there")
    assert await loop(database, handler, time).fire_due() == 2
    assert fired == [(tenant, [first, second])]


async def test_three_loops_fire_each_timer_once(database: Database) -> None:
    tenants = [new_id() for _ in range(3)]
    fired: Counter[tuple[UUID, str]] = Counter()

    async def handler(session: Session, timers: Sequence[Timer], now: datetime) -> None:
        await session.outbox.append([registered(session.tenant_id) for _ in timers], now)
        fired.update((session.tenant_id, timer.key) for timer in timers)

    async with running(
        *(TimerLoop(database, database.session, {"wake": handler}, utc_now) for _ in range(3))
    ):
        for round_ in range(10):
            for tenant in tenants:
                due = utc_now() + timedelta(milliseconds=10 * round_)
                await schedule(database, tenant, *(Timer("wake", f"{round_}/{n}", due) for n in range(20)))
        await until_true(lambda: len(fired) == 600)
        await asyncio.sleep(0.1)
    assert set(fired.values()) == {1}
    async with database.relay_session() as connection:
        assert (await connection.execute(text("select count(*) from outbox"))).scalar_one() == 600
    assert await rows(database) == {}


async def test_a_timer_fires_at_its_instant(
    database: Database, tenant: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told by NOTIFY: the loop itself would look again in an hour."""
    monkeypatch.setattr(timer_loop, "MAX_SLEEP_SECONDS", 3_600.0)
    lateness: list[float] = []

    async def handler(session: Session, timers: Sequence[Timer], now: datetime) -> None:
        lateness.extend((utc_now() - timer.due_at).total_seconds() for timer in timers)

    async with running(TimerLoop(database, database.session, {"wake": handler}, utc_now)):
        await asyncio.sleep(0.3)  # asleep until NOTIFY
        for delay in (0.5, 0.2, 0.0):
            await schedule(database, tenant, Timer("wake", str(delay), utc_now() + timedelta(seconds=delay)))
        await until_true(lambda: len(lateness) == 3)
    print("seconds late:", lateness)
    assert min(lateness) >= 0


async def test_one_bad_timer_holds_up_no_other_and_is_parked_in_the_end(
    database: Database, tenant: UUID, time: Time
) -> None:
    fired: list[str] = []

    async def handler(session: Session, timers: Sequence[Timer], now: datetime) -> None:
        if any(timer.key == "bad" for timer in timers):
            raise ValueError("no such ticket")
        fired.extend(timer.key for timer in timers)

    timers = loop(database, handler, time)
    await schedule(database, tenant, *(Timer("wake", key, NOW) for key in ("a", "bad", "c")))
    await timers.fire_due()
    assert sorted(fired) == ["a", "c"]
    assert await timers.fire_due() == 0  # it pauses
    for _ in range(MAX_ATTEMPTS - 1):
        time.now += timedelta(minutes=10)
        assert await timers.fire_due() == 1
    bad = (await rows(database))["bad"]
    assert (bad.attempts, bad.reason, bad.parked_at) == (MAX_ATTEMPTS, "ValueError: no such ticket", time.now)
    time.now += timedelta(days=1)
    assert await timers.fire_due() == 0
    await schedule(database, tenant, Timer("wake", "bad", time.now))
    assert (await rows(database))["bad"].parked_at is None


async def test_an_outage_does_not_count_as_an_attempt(database: Database, tenant: UUID, time: Time) -> None:
    async def handler(session: Session, timers: Sequence[Timer], now: datetime) -> None:
        raise ConnectionRefusedError("segmentation is away")

    await schedule(database, tenant, Timer("wake", "a", NOW), Timer("wake", "b", NOW))
    for _ in range(MAX_ATTEMPTS + 2):
        await loop(database, handler, time).fire_due()
        time.now += timedelta(minutes=10)
    assert {(row.attempts, row.parked_at) for row in (await rows(database)).values()} == {(0, None)}


async def test_a_handler_may_schedule_its_own_key(database: Database, tenant: UUID, time: Time) -> None:
    fired: list[datetime] = []

    async def handler(session: Session, timers: Sequence[Timer], now: datetime) -> None:
        for timer in timers:
            fired.append(timer.due_at)
            await session.timers.schedule("wake", timer.key, timer.due_at + timedelta(minutes=1))

    await schedule(database, tenant, Timer("wake", "beat", NOW))
    for _ in range(3):
        assert await loop(database, handler, time).fire_due() == 1
        assert await loop(database, handler, time).fire_due() == 0
        time.now += timedelta(minutes=1)
    assert fired == [NOW, NOW + timedelta(minutes=1), NOW + timedelta(minutes=2)]


async def test_a_timer_rescheduled_while_it_fires_is_kept(
    database: Database, tenant: UUID, time: Time
) -> None:
    later = NOW + timedelta(hours=1)
    blocked: list[asyncio.Task[None]] = []

    async def handler(session: Session, timers: Sequence[Timer], now: datetime) -> None:
        blocked.append(asyncio.create_task(schedule(database, tenant, Timer("wake", "a", later))))
        await asyncio.sleep(0.1)
        assert not blocked[0].done()  # waits for this firing, and comes after it

    await schedule(database, tenant, Timer("wake", "a", NOW))
    await loop(database, handler, time).fire_due()
    await blocked[0]
    assert (await rows(database))["a"].due_at == later


async def test_a_timer_changed_between_lease_and_firing_is_left_alone(
    database: Database, tenant: UUID, time: Time
) -> None:
    fired: list[str] = []

    async def handler(session: Session, timers: Sequence[Timer], now: datetime) -> None:
        fired.extend(timer.key for timer in timers)

    @asynccontextmanager
    async def after_a_change(tenant_id: UUID) -> AsyncIterator[Session]:
        async with database.session(tenant_id) as session:
            await session.timers.schedule("wake", "moved", NOW + timedelta(hours=1))
            await session.timers.cancel("wake", "cancelled")
        async with database.session(tenant_id) as session:
            yield session

    await schedule(database, tenant, *(Timer("wake", key, NOW) for key in ("moved", "cancelled", "kept")))
    await TimerLoop(database, after_a_change, {"wake": handler}, time).fire_due()
    assert fired == ["kept"]
    assert list(await rows(database)) == ["moved"]


async def test_what_a_dead_replica_had_leased_fires_after_the_lease(
    database: Database, tenant: UUID, time: Time
) -> None:
    async def dies(session: Session, timers: Sequence[Timer], now: datetime) -> None:
        raise asyncio.CancelledError

    fired: list[str] = []

    async def handler(session: Session, timers: Sequence[Timer], now: datetime) -> None:
        fired.extend(timer.key for timer in timers)

    await schedule(database, tenant, Timer("wake", "a", NOW))
    with pytest.raises(asyncio.CancelledError):
        await loop(database, dies, time).fire_due()
    assert await loop(database, handler, time).fire_due() == 0
    time.now += LEASE
    assert await loop(database, handler, time).fire_due() == 1
    assert fired == ["a"]
