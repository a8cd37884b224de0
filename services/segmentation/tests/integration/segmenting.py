"""What tests of segments share: making them, working off what is to be done, and what is true of them."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import text

from chassis.database import Database
from segmentation.adapters.conditions import compile_conditions
from segmentation.application.create_segment import CreateSegment, create_segment
from segmentation.application.fill_segments import fill_segments
from segmentation.application.ports import Transactions
from segmentation.application.record_activities import record_activities
from segmentation.application.update_segment import UpdateSegment, update_segment
from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.conditions import ActivitiesTest, Condition, IntRange
from segmentation.domain.segments import MAX_CHANGES_TOLD, Segment

from ..samples import NOW, Act, Brand

TALKS = ActivitiesTest((Kind.MESSAGE,), 7, None, IntRange(min=2))


async def record(within: Transactions, brand: Brand, acts: Sequence[Act], now: datetime = NOW) -> None:
    async with within(brand.tenant_id) as uow:
        await record_activities(uow, brand.columns(*acts), now)


async def create(
    within: Transactions, brand: Brand, condition: Condition = TALKS, name: str = "人群", now: datetime = NOW
) -> Segment:
    async with within(brand.tenant_id) as uow:
        return await create_segment(uow, CreateSegment(name, condition), now)


async def update(
    within: Transactions, brand: Brand, segment: Segment, condition: Condition, now: datetime = NOW
) -> Segment:
    command = UpdateSegment(segment.id, segment.version, segment.name, condition)
    async with within(brand.tenant_id) as uow:
        return await update_segment(uow, command, now)


async def fill(within: Transactions, brand: Brand, now: datetime = NOW, steps: int = 1_000) -> None:
    """Step by step until nothing is left, or so many."""
    for _ in range(steps):
        async with within(brand.tenant_id) as uow:
            if not await fill_segments(uow, now):
                return


async def created(within: Transactions, brand: Brand, condition: Condition = TALKS) -> Segment:
    """And filled."""
    segment = await create(within, brand, condition)
    await fill(within, brand)
    return segment


async def get(within: Transactions, brand: Brand, segment: Segment) -> Segment:
    async with within(brand.tenant_id) as uow:
        [found] = await uow.segments.by_ids([segment.id])
        return found


async def members(within: Transactions, brand: Brand, segment: Segment) -> set[UUID]:
    """As streamed; checks that the size told is the number of them."""
    found: list[UUID] = []
    async with within(brand.tenant_id) as uow:
        async for part in uow.segment_members.stream(segment.id, 2):
            found += part.member_ids
            size = part.size
    assert len(found) == size
    return set(found)


async def evaluated(
    within: Transactions, database: Database, brand: Brand, condition: Condition, now: datetime
) -> set[UUID]:
    """Who meets the condition, asked of everybody."""
    async with within(brand.tenant_id) as uow:
        compiled = compile_conditions([condition], await uow.policies.tiers())
    statement = text(f"select m.member_id from members m {compiled.joins} where {compiled.holds[0]}")  # noqa: S608
    async with database.session(brand.tenant_id) as session:
        return set((await session.connection.execute(statement, compiled.parameters(now))).scalars())


async def told(database: Database, brand: Brand, segment: Segment) -> Counter[UUID]:
    """Who is in it by what was told: entering and leaving in turn."""
    changes = text("""
        select body from outbox where type like '%members_changed%' and partition_key = :id order by sequence
    """)
    balance: Counter[UUID] = Counter()
    async with database.session(brand.tenant_id) as session:
        for body in (await session.connection.execute(changes, {"id": str(segment.id)})).scalars():
            event = orjson.loads(body)
            entered, left = event.get("enteredMemberIds", ()), event.get("leftMemberIds", ())
            assert 1 <= len(entered) + len(left) <= MAX_CHANGES_TOLD
            balance.update(map(UUID, entered))
            balance.subtract(map(UUID, left))
            assert set(balance.values()) <= {0, 1}
    return +balance
