"""kill -9 in the middle of claims and in the middle of expiry: units add up, no claim is lost or doubled."""

import asyncio
from collections import Counter
from functools import partial
from uuid import UUID

import grpc
import pytest
from nats.js import JetStreamContext
from sqlalchemy import text

from chassis.database import Database
from chassis.ids import new_id
from chassis.testbed.waiting import eventually

from .door import Door, as_caller
from .test_rush import published

UNITS = 300


@pytest.mark.chaos
async def test_killed_during_claims_and_during_expiry(
    door: Door, tenant_id: UUID, database: Database, jetstream: JetStreamContext
) -> None:
    acknowledged: dict[str, str] = {}

    async def statuses() -> Counter[str]:
        async with database.session(tenant_id) as session:
            rows = await session.connection.execute(text("select status, count(*) from claims group by 1"))
            return Counter({row.status: row.count for row in rows})

    async def buyer(sale_id: str, key: str) -> None:
        """Tries under one key until answered, as a caller should."""
        member_id = str(new_id())
        while key not in acknowledged:
            try:
                acknowledged[key] = (await door.claim(sale_id, 1, key, member_id)).id
            except grpc.aio.AioRpcError as error:
                if error.code() is not grpc.StatusCode.UNAVAILABLE:
                    raise
                await asyncio.sleep(0.2)

    async def answered(claims: int) -> bool:
        return len(acknowledged) >= claims

    async def expired(claims: int) -> bool:
        return (await statuses())["expired"] >= claims

    with as_caller(tenant_id):
        sale = await door.schedule(stock=UNITS, payment_deadline_seconds=8)
        buyers = [asyncio.create_task(buyer(sale.id, f"key-{n}")) for n in range(UNITS)]
        for share in (UNITS // 3, UNITS * 2 // 3):
            await eventually(partial(answered, share), True)
            await door.kill_and_restart()
            print(f"\nkilled, {len(acknowledged)} of {UNITS} claims acknowledged")
        await asyncio.gather(*buyers)
        assert (await statuses()).total() == len(set(acknowledged.values())) == UNITS

        await eventually(partial(expired, UNITS // 3), True)
        await door.kill_and_restart()
        print(f"killed, {(await statuses())['expired']} of {UNITS} claims expired")
        await eventually(lambda: door.stock(sale.id), (UNITS, 0, 0))
        assert await statuses() == {"expired": UNITS}
        once = {"campaign.scheduled": 1, "campaign.opened": 1}

        async def events() -> dict[str, int]:
            counts = await published(jetstream, tenant_id)
            assert counts.pop("flash_sale.sold_out", 0) <= 1  # none if some expire before the last is made
            return counts

        await eventually(events, once | {"item.reserved": UNITS, "claim.expired": UNITS})
