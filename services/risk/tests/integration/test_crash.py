"""kill -9 in the middle of batches: every message has exactly one decision, every effect happened once."""

import asyncio
import random
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.ids import new_id
from chassis.testbed.waiting import eventually
from quanzi.inbound.v1.activity_pb2 import Activity

from ..samples import ADVERT, INNOCENT
from .conftest import StartDoor
from .door import activity, as_caller

ENVELOPES, PER_ENVELOPE, ADVERTS = 300, 200, 1
MIXED = 50
COPIED = "退货流程是怎样的，有人知道吗"


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


@pytest.mark.chaos
async def test_all_kinds_of_messages_twice_and_killed(
    open_door: StartDoor, tenant_id: UUID, database: Database
) -> None:
    """Adverts, a flood, copies and talk, a third of the envelopes sent again, two replicas killed in turn."""
    doors = [open_door(), open_door()]
    advertisers = [str(new_id()) for _ in range(5)]
    flooder, flooded, copier = (str(new_id()) for _ in range(3))

    def envelope(number: int) -> list[Activity]:
        return [
            *(activity(f"第{number}单第{place}件什么时候发货呀") for place in range(80)),
            *(activity(ADVERT, member_id=advertiser) for advertiser in advertisers),
            *(activity(f"第{number}次{place}", member_id=flooder, group_id=flooded) for place in range(10)),
            *(activity(COPIED, member_id=copier) for _ in range(5)),
        ]

    async def query(statement: str) -> tuple[int, ...]:
        async with database.session(tenant_id) as session:
            return tuple((await session.connection.execute(text(statement))).one())

    async def decided() -> int:
        return (await query("select count(*) from decisions"))[0]

    sent = [envelope(number) for number in range(MIXED)]

    async def write() -> None:
        for number, activities in enumerate(sent):
            await doors[0].send(tenant_id, activities)
            if number % 3 == 0:
                await doors[0].send(tenant_id, sent[number // 2])
            await asyncio.sleep(0.02)

    writing = asyncio.create_task(write())
    for number in range(4):
        await asyncio.sleep(random.uniform(0.1, 0.4))
        await doors[number % 2].kill_and_restart()
    await writing
    await eventually(decided, MIXED * len(sent[0]))
    strikes = """
        select count(*), count(distinct member_id), count(distinct (member_id, strike)), max(strike)
        from violations where category = 1
    """
    assert await query(strikes) == (5 * MIXED, 5, 5 * MIXED, MIXED)
    assert await query("select count(*), max(strike) from violations where category = 9") == (1, 1)
    asked = """
        select count(*) filter (where model_version = ''),
               count(*) filter (where probability is null and findings is null)
        from decisions
    """
    assert await query(asked) == (0, 0)
    [flagged] = await query("select count(*) from decisions where verdict > 1")
    with as_caller(tenant_id):

        async def told() -> int:
            return (await doors[0].published(tenant_id))["message.flagged"]

        await eventually(told, flagged)
