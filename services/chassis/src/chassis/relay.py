"""Publishes the outbox: at least once, in order within a partition key, one relay of a schema at a time."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from nats.aio.client import Client
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.backoff import Backoff
from chassis.cloudevents import CloudEvent
from chassis.database import Database
from chassis.faults import TransientFault, is_transient
from chassis.lanes import Outgoing, publish_lanes
from chassis.logs import get_logger

BATCH = 500
POLL_SECONDS = 1.0
BATCH_SECONDS = 20.0  # shorter than the session may idle in its transaction
ACK_SECONDS = 5.0

log = get_logger(__name__)

_LEAD = text("select pg_try_advisory_xact_lock(hashtextextended(current_schema() || '.outbox', 0))")
_NEXT = text("""
    select id, tenant_id, sequence, type, subject, schema, partition_key, body, occurred_at, recorded_at,
           traceparent
    from outbox order by sequence limit :batch
""")
_DELETE = text("""
    delete from outbox
    using unnest(cast(:tenant_ids as uuid[]), cast(:ids as uuid[])) as acked (tenant_id, id)
    where outbox.tenant_id = acked.tenant_id and outbox.id = acked.id
""")


class PublishFailed(TransientFault):
    """NATS did not acknowledge; the rows stay."""


class Relay:
    """`published`: events since the start; `pending_seconds`: age of the oldest that could not go out."""

    def __init__(self, database: Database, nats: Client, service: str) -> None:
        self._database, self._nats = database, nats
        self._source = f"/quanzi/{service}"
        self.published = 0
        self.pending_seconds = 0.0

    async def run(self) -> None:
        """Until cancelled. Outages of NATS and PostgreSQL are waited out, then the rest is published."""
        backoff = Backoff(first=0.2, limit=5.0)
        async with self._database.listen("outbox") as wakeup:
            while True:
                try:
                    more = await self.publish_batch()
                except Exception as error:
                    if not is_transient(error):
                        raise
                    if not backoff.failing:
                        log.warning("relay.stalled", reason=repr(error))
                    await asyncio.sleep(backoff.next())
                    continue
                if backoff.failing:
                    log.info("relay.recovered", published=self.published)
                    backoff.reset()
                if not more:
                    await wakeup.wait(POLL_SECONDS)

    async def publish_batch(self) -> bool:
        """Publish the oldest waiting events; returns whether there may be more. Raises PublishFailed.

        What was acknowledged is deleted, whatever became of the rest. While another relay leads there is
        nothing to do.
        """
        if self._nats.is_closed:
            raise RuntimeError("the NATS connection was closed for good")
        if not self._nats.is_connected:
            raise PublishFailed("not connected to NATS")
        async with self._database.relay_session() as connection:
            if not (await connection.execute(_LEAD)).scalar_one():
                return False
            rows = (await connection.execute(_NEXT, {"batch": BATCH})).all()
            acked, failure = await self._publish(rows)
            await _delete(connection, acked)
        self.published += len(acked)
        waiting = rows[0].recorded_at if failure else None
        self.pending_seconds = (datetime.now(UTC) - waiting).total_seconds() if waiting else 0.0
        if failure:
            reason = f"{type(failure).__name__}: {failure}"
            raise PublishFailed(f"{len(rows) - len(acked)} of {len(rows)} events: {reason}") from failure
        return len(rows) == BATCH

    async def _publish(self, rows: Sequence[Row[Any]]) -> tuple[Sequence[Row[Any]], Exception | None]:
        """The rows that were acknowledged, and why the others were not.

        The events of one partition key are a lane, so that none overtakes one that failed.
        """
        if not rows:
            return rows, None
        lanes: defaultdict[tuple[object, str], list[Row[Any]]] = defaultdict(list)
        for row in rows:
            lanes[row.tenant_id, row.partition_key].append(row)
        return await publish_lanes(
            self._nats, list(lanes.values()), self._event, ack_seconds=ACK_SECONDS, seconds=BATCH_SECONDS
        )

    def _event(self, row: Row[Any]) -> Outgoing:
        event = CloudEvent(
            id=str(row.id),
            source=self._source,
            type=row.type,
            subject=row.partition_key,
            time=row.occurred_at,
            schema=row.schema,
            partition_key=row.partition_key,
            sequence=row.sequence,
            tenant_id=row.tenant_id,
            data=row.body,
            traceparent=row.traceparent,
        )
        return Outgoing(row.subject, row.body, {**event.headers(), "Nats-Msg-Id": event.id})


async def _delete(connection: AsyncConnection, rows: Sequence[Row[Any]]) -> None:
    if rows:
        await connection.execute(
            _DELETE, {"tenant_ids": [row.tenant_id for row in rows], "ids": [row.id for row in rows]}
        )
