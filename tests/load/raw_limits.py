"""What the parts can do alone: the same envelopes through NATS, the same rows into PostgreSQL."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import psycopg
from nats.aio.client import Client
from nats.js.api import AckPolicy, ConsumerConfig, StreamConfig

from chassis.messaging import INBOUND

SUBJECT = "bench.raw"
_STREAM = "BENCH"
_IN_FLIGHT = 64
_FETCH = 32
# What segmentation keeps of an activity; the second of the two has its indexes as well.
_COPIED = (
    "tenant_id, activity_id, kind, member_id, group_id, occurred_at, source, amount_minor, order_reference"
)


async def envelopes_of(connection: Client, first: int, last: int) -> list[bytes]:
    """Messages `first` to `last` of INBOUND by their stream sequence, as they were stored."""
    js = connection.jetstream()
    return [
        (await js.get_msg(INBOUND, seq=number, direct=True)).data or b"" for number in range(first, last + 1)
    ]


async def publish(connection: Client, envelopes: Sequence[bytes]) -> float:
    """Seconds to store them on a stream like INBOUND; `pull` takes them from there."""
    js = connection.jetstream()
    await js.add_stream(StreamConfig(name=_STREAM, subjects=[SUBJECT], duplicate_window=120))
    gate = asyncio.Semaphore(_IN_FLIGHT)

    async def store(number: int, envelope: bytes) -> None:
        async with gate:
            await js.publish(SUBJECT, envelope, headers={"Nats-Msg-Id": str(number)})

    began = time.perf_counter()
    await asyncio.gather(*(store(number, envelope) for number, envelope in enumerate(envelopes)))
    return time.perf_counter() - began


async def pull(connection: Client, count: int) -> float:
    """Seconds for one consumer that does nothing to take and acknowledge what `publish` stored."""
    js = connection.jetstream()
    config = ConsumerConfig(ack_policy=AckPolicy.EXPLICIT, max_ack_pending=1_000)
    consumer = await js.pull_subscribe(SUBJECT, durable="bench", stream=_STREAM, config=config)
    began = time.perf_counter()
    while count:
        for message in await consumer.fetch(_FETCH, timeout=10):
            await message.ack()
            count -= 1
    await connection.flush()
    seconds = time.perf_counter() - began
    await js.delete_stream(_STREAM)
    return seconds


def copy(admin_url: str, *, indexed: bool) -> float:
    """Rows a second of a COPY of all activities that segmentation holds into an empty table."""
    like = "including all" if indexed else ""
    with psycopg.connect(admin_url) as connection, connection.cursor() as cursor:
        cursor.execute(f"create table bench_copy (like segmentation.activities {like})")
        with cursor.copy(f"copy (select {_COPIED} from segmentation.activities) to stdout") as out:  # noqa: S608
            rows = b"".join(map(bytes, out))
        connection.commit()
        began = time.perf_counter()
        with cursor.copy(f"copy bench_copy ({_COPIED}) from stdin") as into:
            into.write(rows)
        connection.commit()
        seconds = time.perf_counter() - began
        cursor.execute("drop table bench_copy")
    return rows.count(b"\n") / seconds
