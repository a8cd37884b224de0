"""Forgets what nobody will ask for again, so that the inbox and the idempotency keys do not grow forever."""

import asyncio
from datetime import datetime, timedelta

from sqlalchemy import TextClause, text

from chassis.clock import Clock
from chassis.database import Database
from chassis.faults import is_transient
from chassis.logs import get_logger

INBOX_DAYS = 30  # as long as the streams keep messages
IDEMPOTENCY_DAYS = 7
CHUNK = 10_000
EVERY_SECONDS = 3600.0

log = get_logger(__name__)

_PRUNE_INBOX = text("""
    delete from inbox where ctid = any(array(select ctid from inbox where claimed_at < :before limit :chunk))
""")
_PRUNE_IDEMPOTENCY_KEYS = text("""
    delete from idempotency_keys
    where ctid = any(array(select ctid from idempotency_keys where claimed_at < :before limit :chunk))
""")


class Maintenance:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def run(self) -> None:
        """Every hour until cancelled; what an outage prevents is done the next time."""
        while True:
            try:
                await self.prune_inbox(timedelta(days=INBOX_DAYS))
                await self.prune_idempotency_keys(timedelta(days=IDEMPOTENCY_DAYS))
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("maintenance.postponed", reason=repr(error))
            await asyncio.sleep(EVERY_SECONDS)

    async def prune_inbox(self, age: timedelta) -> int:
        """Forget what was claimed longer ago than that, in short transactions; returns how many."""
        return await self._prune(_PRUNE_INBOX, self._clock() - age)

    async def prune_idempotency_keys(self, age: timedelta) -> int:
        return await self._prune(_PRUNE_IDEMPOTENCY_KEYS, self._clock() - age)

    async def _prune(self, statement: TextClause, before: datetime) -> int:
        total = 0
        while True:
            async with self._database.relay_session() as connection:
                pruned = (await connection.execute(statement, {"before": before, "chunk": CHUNK})).rowcount
            total += pruned
            if pruned < CHUNK:
                return total
