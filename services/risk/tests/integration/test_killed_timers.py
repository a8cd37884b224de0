"""kill -9 in the middle of what timers and talk of payment do: after a restart every effect is there once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.ids import new_id
from chassis.testbed.tenants import register
from chassis.testbed.waiting import eventually, until
from risk.application.open_training_session import open_training_session
from risk.application.opinion_ports import OPINION_ACKNOWLEDGEMENT, OPINION_TICK
from risk.application.ports import Transactions
from risk.application.put_moderator import put_moderator
from risk.application.rota_ports import ROTA_WATCH
from risk.application.training_ports import TRAINING_DEADLINE, TRAINING_REMINDER
from risk.domain.opinion_counts import BUCKET, bucket_of
from risk.domain.shift import Moderator

from ..unit.opinion_scenes import BAD, CALM_WEEK, calm_week, judged, said
from .door import Door, activity

HOUR = timedelta(hours=1)
Prepare = Callable[[Transactions, UUID, datetime], Awaitable[None]]
_ALONE = text("delete from timers where kind <> :kind")
_DUE = text("update timers set wake_at = now() where kind = :kind")
_WAITING = text("select count(*) from timers where wake_at <= now()")
_MIDDLE = text("""
    select exists (
        select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%insert into outbox%'
    )
""")


async def _unusual_talk(within: Transactions, tenant_id: UUID, now: datetime) -> None:
    group_id = new_id()
    begin = bucket_of(now) - CALM_WEEK - 3 * BUCKET
    calm_until = await calm_week(within, tenant_id, group_id, begin)
    async with within(tenant_id) as uow:
        await said(uow, group_id, calm_until, calm_until + HOUR, BAD)
        await uow.timers.schedule(OPINION_TICK, "now", now)


async def _unacknowledged(within: Transactions, tenant_id: UUID, now: datetime) -> None:
    """Two incidents of a day ago."""
    await _unusual_talk(within, tenant_id, now - timedelta(days=1))
    await judged(within, tenant_id, now - timedelta(days=1))


async def _nobody_on_duty(within: Transactions, tenant_id: UUID, now: datetime) -> None:
    async with within(tenant_id) as uow:
        await uow.group_sizes.move({new_id(): 300, new_id(): 20})
        await uow.timers.schedule(ROTA_WATCH, "", now)


async def _training(within: Transactions, tenant_id: UUID, now: datetime) -> None:
    """Of two, which nobody attended."""
    async with within(tenant_id) as uow:
        for staff_id in ("ann", "bob"):
            await put_moderator(uow, Moderator(staff_id, staff_id.title(), frozenset()), now)
        await open_training_session(uow, now - timedelta(days=60))


async def _nothing(_within: Transactions, _tenant_id: UUID, _now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Work:
    """`effects` counts different ones and all. Without a timer it is a message that a newcomer sends."""

    prepare: Prepare
    timer: str
    told: str
    effects: str


WORKS = {
    "opinion watch": Work(
        _unusual_talk,
        OPINION_TICK,
        "opinion_incident.opened",
        "select count(distinct scope_id), count(*) from opinion_incidents",
    ),
    "escalation": Work(
        _unacknowledged,
        OPINION_ACKNOWLEDGEMENT,
        "opinion_incident.escalated",
        "select count(distinct incident_id), count(*) from opinion_incident_steps where kind = 3",
    ),
    "rota": Work(
        _nobody_on_duty,
        ROTA_WATCH,
        "rota.gap_foreseen",
        "select count(distinct (group_id, starts_at)), count(*) from rota_gaps",
    ),
    "training reminder": Work(
        _training,
        TRAINING_REMINDER,
        "training.reminded",
        "select count(distinct month), count(*) from training_sessions",
    ),
    "training deadline": Work(
        _training,
        TRAINING_DEADLINE,
        "training.overdue",
        "select count(distinct staff_id), count(*) from training_attendances where overdue_at is not null",
    ),
    "talk of payment": Work(
        _nothing,
        "",
        "payment_reminder.due",
        "select count(distinct group_id), count(*) from payment_reminders",
    ),
}


@asynccontextmanager
async def nothing_is_told(database: Database) -> AsyncIterator[None]:
    """Whoever wants to publish waits, with all else of its transaction done."""
    async with database.relay_session() as connection:
        await connection.execute(text("lock table outbox in share row exclusive mode"))
        yield


@pytest.mark.chaos
@pytest.mark.parametrize("work", WORKS.values(), ids=WORKS.keys())
async def test_killed_in_the_middle(
    door: Door, sql_transactions: Transactions, database: Database, tenant_id: UUID, work: Work
) -> None:
    door.process.kill()
    await register(database, tenant_id)
    await work.prepare(sql_transactions, tenant_id, datetime.now(UTC))
    talk = [activity("私下转账给我更便宜")] if not work.timer else []

    async def in_the_middle() -> bool:
        async with database.session(tenant_id) as session:
            return bool((await session.connection.execute(_MIDDLE)).scalar_one())

    async def make_due() -> None:
        """Alone, and again: nobody waits for the lease of the dead to end."""
        async with database.session(tenant_id) as session:
            for statement in (_ALONE, _DUE):
                await session.connection.execute(statement, {"kind": work.timer})
        await door.send(tenant_id, talk)

    async def waiting() -> int:
        async with database.session(tenant_id) as session:
            return int((await session.connection.execute(_WAITING)).scalar_one())

    async def done() -> tuple[int, int, int]:
        """Different effects, all, and events about them."""
        async with database.session(tenant_id) as session:
            different, every = (await session.connection.execute(text(work.effects))).one()
        return different, every, (await door.published(tenant_id))[work.told]

    async with nothing_is_told(database):
        await make_due()
        await asyncio.to_thread(door.process.start)
        await eventually(in_the_middle, True)
        door.process.kill()
    await make_due()
    await door.kill_and_restart()
    different, *_ = await until(done, lambda it: it[2] > 0 and it[0] == it[1] == it[2], "once each")
    await make_due()
    await eventually(waiting, 0)
    assert await done() == (different, different, different)
