"""Months of all tables that lie in months: made ahead, and dropped whole when they are too old."""

import asyncio
from datetime import datetime

from sqlalchemy import text

from chassis.clock import Clock
from chassis.database import Database
from chassis.faults import is_transient
from chassis.logs import get_logger
from segmentation.domain.retention import Retention, month_of

MONTHS_AHEAD = 3
CHUNK = 50_000
EVERY_SECONDS = 86_400.0

log = get_logger(__name__)

_ARRANGE = text("select arrange_months(:oldest, :newest)")
# Without these an activity of that age would be new again, but it is refused before.
_FORGET_IDS = text("""
    delete from activity_ids
    where ctid = any(array(select ctid from activity_ids where occurred_at < :horizon limit :chunk))
""")


class Partitions:
    def __init__(self, database: Database, retention: Retention, clock: Clock) -> None:
        self._database, self._retention, self._clock = database, retention, clock

    async def run(self) -> None:
        """Every day until cancelled; what an outage prevents is done the next time."""
        while True:
            try:
                await self.arrange()
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("partitions.postponed", reason=repr(error))
            await asyncio.sleep(EVERY_SECONDS)

    async def arrange(self) -> None:
        """Safe to repeat, and to run in several processes at once."""
        now = self._clock()
        oldest = self._retention.horizon(now)
        parameters = {"oldest": oldest and oldest.date(), "newest": month_of(now, MONTHS_AHEAD)}
        async with self._database.relay_session() as connection:
            await connection.execute(_ARRANGE, parameters)
        if oldest is not None:
            await self._forget_ids(oldest)

    async def _forget_ids(self, oldest: datetime) -> None:
        """In short transactions."""
        forgotten = CHUNK
        while forgotten == CHUNK:
            async with self._database.relay_session() as connection:
                parameters = {"horizon": oldest, "chunk": CHUNK}
                forgotten = (await connection.execute(_FORGET_IDS, parameters)).rowcount
