"""Fires what is due: every timer once, in one transaction with its effect, whichever replica comes first."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB

from chassis.backoff import Backoff, pause_after
from chassis.clock import Clock
from chassis.database import Database
from chassis.faults import is_transient
from chassis.logs import get_logger
from chassis.timers import Timer, TimerHandler, U

BATCH = 500
LEASE = timedelta(seconds=15)
MAX_ATTEMPTS = 10
MAX_SLEEP_SECONDS = 30.0

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Leased:
    tenant_id: UUID
    timer: Timer
    version: UUID
    attempts: int


# A lease is a wake_at in the future: a replica that dies gives its timers back by doing nothing.
_LEASE = text("""
    with due as (
        select tenant_id, kind, key from timers
        where parked_at is null and wake_at <= :now and kind = any(cast(:kinds as text[]))
        order by wake_at
        limit :batch
        for update skip locked
    )
    update timers set wake_at = :leased_until, attempts = attempts + 1
    from due where (timers.tenant_id, timers.kind, timers.key) = (due.tenant_id, due.kind, due.key)
    returning timers.tenant_id, timers.kind, timers.key, due_at, payload, version, attempts
""").columns(payload=JSONB)
_NEXT_WAKE = text("""
    select min(wake_at) from timers where parked_at is null and kind = any(cast(:kinds as text[]))
""")
_POSTPONE = text("""
    update timers set wake_at = :wake_at, reason = :reason, attempts = :attempts, parked_at = :parked_at
    where tenant_id = :tenant_id and kind = :kind and key = :key and version = :version
""")


class TimerLoop(Generic[U]):
    def __init__(
        self,
        database: Database,
        transactions: Callable[[UUID], AbstractAsyncContextManager[U]],
        handlers: Mapping[str, TimerHandler[U]],
        clock: Clock,
    ) -> None:
        self._database, self._transactions = database, transactions
        self._handlers, self._clock = handlers, clock

    async def run(self) -> None:
        """Until cancelled. An outage of PostgreSQL is waited out."""
        backoff = Backoff(first=0.2, limit=5.0)
        async with self._database.listen("timers") as wakeup:
            while True:
                try:
                    pause = 0.0 if await self.fire_due() else await self._until_next()
                except Exception as error:
                    if not is_transient(error):
                        raise
                    if not backoff.failing:
                        log.warning("timers.stalled", reason=repr(error))
                    await asyncio.sleep(backoff.next())
                    continue
                if backoff.failing:
                    log.info("timers.recovered")
                    backoff.reset()
                if pause > 0:
                    await wakeup.wait(min(pause, MAX_SLEEP_SECONDS))

    async def fire_due(self) -> int:
        """Fire what is due by now, at most one batch; returns how many were leased for it."""
        leased = await self._lease()
        batches: defaultdict[tuple[UUID, str], list[Leased]] = defaultdict(list)
        for one in leased:
            batches[one.tenant_id, one.timer.kind].append(one)
        for batch in batches.values():
            await self._fire(batch)
        return len(leased)

    async def _lease(self) -> list[Leased]:
        now = self._clock()
        parameters = {
            "now": now,
            "leased_until": now + LEASE,
            "kinds": list(self._handlers),
            "batch": BATCH,
        }
        async with self._database.relay_session() as connection:
            rows = (await connection.execute(_LEASE, parameters)).all()
        return [
            Leased(
                row.tenant_id, Timer(row.kind, row.key, row.due_at, row.payload), row.version, row.attempts
            )
            for row in sorted(rows, key=lambda row: row.due_at)
        ]

    async def _fire(self, batch: Sequence[Leased]) -> None:
        """Together if they can, else each for itself, so that one bad timer holds up no other."""
        try:
            await self._fire_together(batch)
        except Exception as error:
            if is_transient(error):
                await self._postpone(batch, error, uncounted=True)
            elif len(batch) == 1:
                await self._postpone(batch, error)
            else:
                for one in batch:
                    await self._fire([one])

    async def _fire_together(self, batch: Sequence[Leased]) -> None:
        kind = batch[0].timer.kind
        async with self._transactions(batch[0].tenant_id) as uow:
            taken = await uow.timers.take(kind, {one.timer.key: one.version for one in batch})
            timers = [one.timer for one in batch if one.timer.key in taken]
            if timers:
                await self._handlers[kind](uow, timers, self._clock())

    async def _postpone(self, batch: Sequence[Leased], error: Exception, *, uncounted: bool = False) -> None:
        """Try again after a growing pause, or park after MAX_ATTEMPTS. An outage does not count."""
        reason, now = f"{type(error).__name__}: {error}"[:500], self._clock()
        rows = []
        for one in batch:
            parked = not uncounted and one.attempts >= MAX_ATTEMPTS
            rows.append(
                {
                    "tenant_id": one.tenant_id,
                    "kind": one.timer.kind,
                    "key": one.timer.key,
                    "version": one.version,
                    "wake_at": now + timedelta(seconds=pause_after(one.attempts - 1, first=1.0, limit=300.0)),
                    "reason": reason,
                    "attempts": one.attempts - 1 if uncounted else one.attempts,
                    "parked_at": now if parked else None,
                }
            )
        log.warning(
            "timers.parked" if rows[-1]["parked_at"] else "timers.postponed",
            tenant_id=str(batch[0].tenant_id),
            kind=batch[0].timer.kind,
            keys=[one.timer.key for one in batch[:10]],
            count=len(batch),
            attempts=batch[0].attempts,
            reason=reason,
        )
        async with self._database.relay_session() as connection:
            await connection.execute(_POSTPONE, rows)

    async def _until_next(self) -> float:
        """Seconds until something is due here."""
        async with self._database.relay_session() as connection:
            wake_at = (await connection.execute(_NEXT_WAKE, {"kinds": list(self._handlers)})).scalar_one()
        return (wake_at - self._clock()).total_seconds() if wake_at else MAX_SLEEP_SECONDS
