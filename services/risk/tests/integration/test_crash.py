"""kill -9 in the middle of batches: every message has exactly one decision, every effect happened once."""

import asyncio
import random
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.ids import new_id
from chassis.testbed.waiting import eventually

from ..samples import ADVERT, INNOCENT
from .conftest import StartDoor
from .door import activity, as_caller

ENVELOPES, PER_ENVELOPE, ADVERTS = 300, 200, 1


@pytest.mark.chaos
async def test_killed_in_the_middle_of_batches(
    open_door: StartDoor, tenant_id: UUID, database: Database
) -> None:
    doors = [open_door(), open_door()]
    advertiser = str(new_id())

    async def counts() -> tuple[int, ...]:
        async with database.session(tenant_id) as session:
            query = text("""
                select (select count(*) from decisions), (select count(*) from violations),
                       (select count(*) from moderator_tasks), (select count(distinct strike) from violations)
            """)
            return tuple((await session.connection.execute(query)).one())

    async def write() -> None:
        """About 10,000 messages a second, for some seconds."""
        for _ in range(ENVELOPES):
            innocent = [activity(INNOCENT) for _ in range(PER_ENVELOPE - ADVERTS)]
            adverts = [activity(ADVERT, member_id=advertiser) for _ in range(ADVERTS)]
            await doors[0].send(tenant_id, [*innocent, *adverts])
            await asyncio.sleep(PER_ENVELOPE / 10_000)

    writing = asyncio.create_task(write())
    for number in range(4):
        await asyncio.sleep(random.uniform(0.05, 0.5))
        await doors[number % 2].kill_and_restart()
        print(f"\nkilled, {(await counts())[0]} of {ENVELOPES * PER_ENVELOPE} decided")
    await writing
    breaches = ENVELOPES * ADVERTS
    await eventually(counts, (ENVELOPES * PER_ENVELOPE, breaches, breaches, breaches))
    with as_caller(tenant_id):
        once = {
            "message.flagged": breaches,
            "violation.opened": breaches,
            "moderator_task.created": breaches,
        }

        async def told() -> dict[str, int]:
            published = await doors[0].published(tenant_id)
            return {kind: published[kind] for kind in once}

        async def samples() -> int:
            async with database.session(tenant_id) as session:
                return (await session.connection.execute(text("select count(*) from cases"))).scalar_one()

        await eventually(told, once)
        assert (await doors[0].published(tenant_id))["case.opened"] == await samples() > 0
