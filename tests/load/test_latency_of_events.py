"""From the commit that causes an event to its subscriber, beside NATS and NOTIFY alone."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from nats.aio.client import Client

from chassis.database import Database
from chassis.event_type import event_type
from chassis.ids import new_id
from quanzi.segmentation.v1.events_pb2 import GroupRegistered
from quanzi_local.connections import nats_client

from .report import Figures, Report, ratio
from .running import Platform
from .timing import p50, p99

pytestmark = [pytest.mark.load, pytest.mark.timeout(300)]

EVENTS = 500
PAUSE = 0.01
RAW = "bench.latency"


async def test_commit_to_subscriber(platform: Platform, report: Report) -> None:
    async with nats_client(platform.nats) as publisher, nats_client(platform.nats) as subscriber:
        ours = await _through_the_outbox(platform, subscriber)
        core = await _core_nats(publisher, subscriber)
    notified = await _notify(platform)
    table = Figures("Event latency", ("", "p50 ms", "p99 ms", "its p50 ÷ ours"))
    for name, durations in (
        ("commit → outbox → relay → JetStream → subscriber", ours),
        ("raw: commit of a NOTIFY → LISTEN", notified),
        ("raw: core NATS publish → subscriber", core),
    ):
        table.row(name, f"{p50(durations):.2f}", f"{p99(durations):.2f}", ratio(p50(durations), p50(ours)))
    table.note(
        f"{EVENTS} events one by one, {1e3 * PAUSE:.0f} ms apart; the clock starts when commit returns"
    )
    table.note("the relay is segmentation's own process")
    report.add(table)


async def _through_the_outbox(platform: Platform, subscriber: Client) -> list[float]:
    """Events of segmentation, written to its outbox as segmentation would."""
    database = Database.connect(platform.service_url("segmentation"), "segmentation", pool_size=1)
    subscription = await subscriber.subscribe(
        event_type(GroupRegistered.DESCRIPTOR).subject(platform.tenant_id)
    )
    await subscriber.flush()

    async def commit() -> None:
        event = GroupRegistered(group_id=str(new_id()), external_reference="bench", name="bench")
        async with database.session(platform.tenant_id) as session:
            await session.outbox.append([event], datetime.now(UTC))

    try:
        return await _each(commit, subscription.next_msg)
    finally:
        await subscription.unsubscribe()
        await database.dispose()


async def _core_nats(publisher: Client, subscriber: Client) -> list[float]:
    subscription = await subscriber.subscribe(RAW)
    await subscriber.flush()

    async def publish() -> None:
        await publisher.publish(RAW, b"x" * 300)

    return await _each(publish, subscription.next_msg)


async def _notify(platform: Platform) -> list[float]:
    """The least that a commit needs to reach another connection; its fsync is before the clock starts."""
    listener, sender = [await asyncpg.connect(platform.database_url) for _ in range(2)]
    heard: asyncio.Queue[str] = asyncio.Queue()
    await listener.add_listener("bench", lambda *told: heard.put_nowait(str(told[-1])))

    async def notify() -> None:
        await sender.execute("notify bench")

    try:
        return await _each(notify, heard.get)
    finally:
        await listener.close()
        await sender.close()


async def _each(cause: Any, heard: Any) -> list[float]:
    """Milliseconds from the return of `cause` to its effect; an effect that came before counts as none."""
    durations = []
    for number in range(EVENTS + 20):
        arrival = asyncio.create_task(_arrival(heard))
        await cause()
        caused = time.perf_counter()
        arrived = await asyncio.wait_for(arrival, 10)
        if number >= 20:  # the first ones open connections
            durations.append(max(0.0, 1e3 * (arrived - caused)))
        await asyncio.sleep(PAUSE)
    return durations


async def _arrival(heard: Any) -> float:
    await heard()
    return time.perf_counter()
