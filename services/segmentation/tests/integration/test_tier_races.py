"""Recomputing tiers while other things happen: the same state in the end, and every change told once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from nats.js import JetStreamContext
from sqlalchemy import text

from chassis.database import Database, transactions
from chassis.event_type import event_type
from chassis.messaging import EVENTS
from chassis.testbed.databases import ServiceDatabase
from chassis.testbed.waiting import eventually, until
from quanzi.segmentation.v1.events_pb2 import MemberTierChanged
from quanzi.segmentation.v1.tiers_pb2 import GetTierPolicyRequest, UpdateTierPolicyRequest
from segmentation.adapters.unit_of_work import SqlUnitOfWork
from segmentation.application.ports import Transactions
from segmentation.application.recompute_tiers import recompute_tiers
from segmentation.application.record_activities import record_activities
from segmentation.application.redecide_due_tiers import redecide_due_tiers
from segmentation.application.update_tier_policy import update_tier_policy
from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.activity import Recorded
from segmentation.domain.policy import Tier, TierPolicy
from segmentation.domain.tiers import decide

from ..samples import NOW, Act, Brand, days
from .door import Door, as_caller

CROWD = 60
ACTS = [
    Act(Kind.MESSAGE, f"m{number}", days(1 + again))
    for number in range(CROWD)
    for again in range(1 + number % 4)
]
STRICTER = replace(TierPolicy(), active_interactions=4)
BLOCKED = """
    select exists (
        select from pg_locks join pg_database d on d.oid = database and d.datname = current_database()
        where not granted and relation = cast('tier_assignments' as regclass)
    )
"""
HISTORY = """
    select count(*) as changes, count(*) filter (where a.previous_tier = a.tier) as idle,
        count(*) filter (where a.previous_tier is null) as firsts,
        count(distinct member_id) filter (where a.assigned_at = t.assigned_at and a.tier = t.tier) as held
    from tier_assignments a join member_tiers t using (member_id)
"""
TOLD = """
    select count(*) as events, count(distinct (partition_key, body)) as different
    from outbox where type like '%tier_changed%'
"""


@pytest.fixture
async def replica(stored: ServiceDatabase) -> AsyncIterator[Transactions]:
    """Another process, as far as the database can tell."""
    database = Database.connect(stored.url, "segmentation", pool_size=5)
    yield transactions(database, SqlUnitOfWork)
    await database.dispose()


async def record(within: Transactions, brand: Brand, acts: list[Act], now: datetime = NOW) -> None:
    async with within(brand.tenant_id) as uow:
        await record_activities(uow, brand.columns(*acts), now)


async def consistent(database: Database, within: Transactions, brand: Brand, now: datetime) -> int:
    """Every tier is that of the policy in force, and in its history; returns how many changes that has."""
    async with within(brand.tenant_id) as uow:
        policy = await uow.policies.tiers()
        members = [brand.member(f"m{number}") for number in range(CROWD)]
        everybody = Recorded(member_ids=members, buyer_ids=members)
        found = await uow.tiers.open_after(everybody, policy, now)
    assert len(found) == CROWD
    assert all(figures.tier is decide(figures, policy, now).tier for figures in found)
    [history] = await rows(database, brand, HISTORY)
    assert (history.idle, history.firsts, history.held) == (0, CROWD, CROWD)
    return int(history.changes)


async def told_once(database: Database, brand: Brand, changes: int) -> None:
    [told] = await rows(database, brand, TOLD)
    assert told.events == told.different == changes


async def rows(database: Database, brand: Brand, statement: str) -> list[Any]:
    async with database.session(brand.tenant_id) as session:
        return list(await session.connection.execute(text(statement)))


async def state(database: Database, brand: Brand) -> list[Any]:
    return [
        await rows(database, brand, statement)
        for statement in (
            "select member_id, tier, due_at from member_tiers order by 1",
            "select member_id, assignment_id from tier_assignments order by 1, 2",
            "select version from tier_policies",
        )
    ]


async def test_a_policy_changes_during_ingestion(
    in_transaction: Transactions, replica: Transactions, database: Database, brand: Brand
) -> None:
    batches = [ACTS[start::12] for start in range(12)]

    async def change() -> None:
        for version, wanted in enumerate((STRICTER, TierPolicy(), STRICTER)):
            await asyncio.sleep(0.02)
            async with replica(brand.tenant_id) as uow:
                await update_tier_policy(uow, wanted, version, NOW)

    await asyncio.gather(change(), *(record(in_transaction, brand, batch) for batch in batches))

    await told_once(database, brand, await consistent(database, in_transaction, brand, NOW))
    tiers = await rows(database, brand, "select tier, count(*) from member_tiers group by tier order by tier")
    assert [tuple(row) for row in tiers] == [(Tier.ACTIVE, CROWD // 4), (Tier.PROSPECT, CROWD - CROWD // 4)]


@pytest.mark.parametrize("work", [recompute_tiers, redecide_due_tiers])
async def test_two_replicas_do_the_same_at_once(
    in_transaction: Transactions,
    replica: Transactions,
    database: Database,
    brand: Brand,
    work: Callable[..., Any],
) -> None:
    """Forty days later nobody is what they were."""
    await record(in_transaction, brand, ACTS)
    later = NOW + days(40)

    async def at_once(within: Transactions) -> None:
        async with within(brand.tenant_id) as uow:
            await work(uow, later)

    await asyncio.gather(*(at_once(within) for within in (in_transaction, replica) * 3))

    await told_once(database, brand, await consistent(database, in_transaction, brand, later))
    tiers = await rows(
        database, brand, "select tier, count(*), count(due_at) from member_tiers group by tier"
    )
    assert [tuple(row) for row in tiers] == [(Tier.DORMANT, CROWD, 0)]


async def test_two_replicas_replace_the_policy_at_once(
    in_transaction: Transactions, replica: Transactions, database: Database, brand: Brand
) -> None:
    await record(in_transaction, brand, ACTS)

    async def update(within: Transactions) -> int:
        async with within(brand.tenant_id) as uow:
            return (await update_tier_policy(uow, STRICTER, 0, NOW))[1]

    changed = await asyncio.gather(*(update(within) for within in (in_transaction, replica) * 2))

    assert sorted(changed) == [0, 0, 0, CROWD // 4]
    await told_once(database, brand, await consistent(database, in_transaction, brand, NOW))


async def test_killed_in_the_middle_of_a_recomputation(
    door: Door,
    jetstream: JetStreamContext,
    database: Database,
    in_transaction: Transactions,
    brand: Brand,
) -> None:
    """Somebody holds the history, so the policy is stored, everybody is decided, and nothing can be kept."""
    now = datetime.now(UTC)
    await record(in_transaction, brand, [replace(act, ago=act.ago + (NOW - now)) for act in ACTS], now)
    before = await state(database, brand)

    async def blocked() -> bool:
        async with database.session(brand.tenant_id) as session:
            return bool((await session.connection.execute(text(BLOCKED))).scalar_one())

    with as_caller(brand):
        policy = (await door.tiers.GetTierPolicy(GetTierPolicyRequest())).policy
        policy.active_interactions = 4
        request = UpdateTierPolicyRequest(policy=policy, expected_version=0)
        async with database.session(brand.tenant_id) as holding:
            await holding.connection.execute(text("lock table tier_assignments in share row exclusive mode"))
            update = asyncio.ensure_future(door.tiers.UpdateTierPolicy(request))
            await until(blocked, bool, "the recomputation at the history")
            await door.kill_and_restart()
            await asyncio.gather(update, return_exceptions=True)
        assert await state(database, brand) == before

        answer = await door.tiers.UpdateTierPolicy(request)
        again = await door.tiers.UpdateTierPolicy(request)
    assert (answer.policy.version, answer.changed) == (1, 15)
    assert (again.policy.version, again.changed) == (1, 0)
    changes = await consistent(database, in_transaction, brand, now)

    subject = event_type(MemberTierChanged.DESCRIPTOR).subject(brand.tenant_id)

    async def events() -> int:
        """In the stream: the relay of the process took them out of the outbox."""
        info = await jetstream.stream_info(EVENTS, subjects_filter=subject)
        return sum((info.state.subjects or {}).values())

    await eventually(events, changes)
