"""Activities packed for the stream INBOUND, and published with their acknowledgements awaited."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

import nats.errors
from nats.js import JetStreamContext
from nats.js.errors import Error as JetStreamError

from chassis.messaging import activities_subject
from chassis.telemetry import inject
from chassis.timestamps import timestamp
from quanzi.inbound.v1.activity_pb2 import Activity, ActivityBatch

MOST_ACTIVITIES = 200
MOST_BYTES = 256 * 1024
_ACK_SECONDS = 5.0
# Envelopes on their way to NATS, of all requests together.
_IN_FLIGHT = 64


class Publisher:
    """Puts activities on INBOUND; returns when NATS has stored them."""

    def __init__(self, jetstream: JetStreamContext) -> None:
        self._jetstream = jetstream
        self._in_flight = asyncio.Semaphore(_IN_FLIGHT)

    async def publish(self, tenant_id: UUID, activities: Sequence[Activity], now: datetime) -> int:
        """How many were stored: all, or fewer when NATS is away."""
        stored = await asyncio.gather(
            *(self._store(tenant_id, packed, now) for packed in _packed(activities))
        )
        return sum(stored)

    async def _store(self, tenant_id: UUID, activities: Sequence[Activity], now: datetime) -> int:
        """JetStream drops an envelope it has seen; consumers deduplicate by activity id beyond its window."""
        envelope = ActivityBatch(tenant_id=str(tenant_id), accepted_at=timestamp(now), activities=activities)
        async with self._in_flight:
            try:
                await self._jetstream.publish(
                    activities_subject(tenant_id),
                    envelope.SerializeToString(),
                    timeout=_ACK_SECONDS,
                    headers={"Nats-Msg-Id": _message_id(activities), **inject()},
                )
            except (nats.errors.Error, JetStreamError, OSError):
                return 0
        return len(activities)


def _packed(activities: Sequence[Activity]) -> Iterator[Sequence[Activity]]:
    """Envelopes of at most MOST_ACTIVITIES and about MOST_BYTES."""
    packed: list[Activity] = []
    size = 0
    for activity in activities:
        more = activity.ByteSize() + 8
        if packed and (len(packed) == MOST_ACTIVITIES or size + more > MOST_BYTES):
            yield packed
            packed, size = [], 0
        packed.append(activity)
        size += more
    if packed:
        yield packed


def _message_id(activities: Sequence[Activity]) -> str:
    if len(activities) == 1:
        return activities[0].activity_id
    return sha256(b"".join(activity.activity_id.encode() for activity in activities)).hexdigest()
