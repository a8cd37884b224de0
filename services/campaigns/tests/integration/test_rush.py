"""1,000 members want 100 units at the same time."""

import asyncio
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID

import grpc
from nats.js import JetStreamContext

from campaigns.application.ports import Transactions
from campaigns.entrypoints.timers import TIMERS
from chassis.database import Database
from chassis.rpc.errors import Refusal
from chassis.testbed.waiting import eventually
from chassis.timer_loop import TimerLoop

from .door import Door, as_caller


async def outcome(door: Door, campaign_id: str) -> str:
    try:
        await door.claim(campaign_id)
    except grpc.aio.AioRpcError as error:
        return Refusal.of(error).reason
    return "RESERVED"


async def published(jetstream: JetStreamContext, tenant_id: UUID) -> dict[str, int]:
    """How many events of each kind the stream keeps for the tenant."""
    info = await jetstream.stream_info("EVENTS", subjects_filter=f"quanzi.{tenant_id}.campaigns.>")
    return {".".join(subject.split(".")[3:5]): n for subject, n in (info.state.subjects or {}).items()}


async def test_a_thousand_claims_on_a_hundred_units(
    door: Door,
    tenant_id: UUID,
    jetstream: JetStreamContext,
    database: Database,
    sql_transactions: Transactions,
) -> None:
    with as_caller(tenant_id):
        sale = await door.schedule(stock=100, payment_deadline_seconds=900)
        started = time.perf_counter()
        outcomes = Counter(await asyncio.gather(*(outcome(door, sale.id) for _ in range(1_000))))
        seconds = time.perf_counter() - started
        assert outcomes == {"RESERVED": 100, "SOLD_OUT": 900}
        assert await door.stock(sale.id) == (0, 100, 0)
        print(f"\n1,000 claims on 100 units: {dict(outcomes)} in {seconds:.2f} s, {1_000 / seconds:.0f}/s")

        later = datetime.now(UTC) + timedelta(seconds=901)
        timers = TimerLoop(database, sql_transactions, TIMERS, clock=lambda: later)
        while await timers.fire_due():
            pass
        assert await door.stock(sale.id) == (100, 0, 0)

        async def events() -> dict[str, int]:
            return await published(jetstream, tenant_id)

        once = {"campaign.scheduled": 1, "campaign.opened": 1, "flash_sale.sold_out": 1}
        await eventually(events, once | {"item.reserved": 100, "claim.expired": 100})


async def test_claims_that_all_succeed(door: Door, tenant_id: UUID) -> None:
    with as_caller(tenant_id):
        sale = await door.schedule(stock=10_000)
        todo = iter(range(1_500))

        async def buyer() -> None:
            for _ in todo:
                await door.claim(sale.id)

        started = time.perf_counter()
        await asyncio.gather(*(buyer() for _ in range(32)))
        seconds = time.perf_counter() - started
        assert await door.stock(sale.id) == (8_500, 1_500, 0)
        print(f"\n1,500 reservations of one sale: {1_500 / seconds:.0f}/s")
