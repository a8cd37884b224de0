"""Decisions about many members at once are those of domain/tiers.py, stored and told as one by one."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from google.protobuf import json_format
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from chassis.database import Database
from quanzi.segmentation.v1.events_pb2 import MemberTierChanged as Wire
from segmentation.adapters.event_codec import to_message
from segmentation.adapters.tiers import assignment
from segmentation.application.ports import Transactions, UnitOfWork
from segmentation.application.recompute_tiers import recompute_tiers
from segmentation.application.record_activities import record_activities
from segmentation.application.tier_ports import Swept
from segmentation.domain.activity import ORDERS, Recorded
from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.events import MemberTierChanged
from segmentation.domain.policy import DEFAULT_PRECEDENCE, Tier, TierPolicy
from segmentation.domain.tiers import MemberFigures, TierAssignment, TierDecision, decide

from ..samples import NOW, Act, Brand, days

NewBrand = Callable[[], Awaitable[Brand]]

NEVER = datetime.max.replace(tzinfo=UTC)

# Quarters of days, so that windows end where something happened; some of it comes from clocks that run ahead.
AGO = st.integers(-4, 45 * 4).map(lambda quarters: days(quarters / 4))
ACTS = st.lists(
    st.builds(
        lambda kind, member, ago, group, order, amount: Act(
            kind,
            member,
            ago,
            group=group,
            order=f"{member}-{order}" if kind in ORDERS else None,
            amount_minor=amount,
        ),
        st.sampled_from([*Kind, Kind.MESSAGE, Kind.LIKE, Kind.ORDER_PAID]),
        st.sampled_from(["li", "wang", "zhao"]),
        AGO,
        st.sampled_from(["tea", "wine", None]),
        st.integers(0, 3),
        st.integers(0, 60).map(lambda tens: tens * 10_000),
    ),
    min_size=1,
    max_size=24,
)


@st.composite
def policies(draw: st.DrawFn) -> TierPolicy:
    active_window = draw(st.integers(1, 20))
    return TierPolicy(
        version=1,
        vip_net_spend_minor=draw(st.sampled_from([1, 100_000, 500_000])),
        vip_window_days=draw(st.integers(1, 45)),
        active_interactions=draw(st.integers(1, 4)),
        active_window_days=active_window,
        dormant_after_days=draw(st.integers(active_window, 40)),
        precedence=tuple(draw(st.permutations(DEFAULT_PRECEDENCE))),
    )


thorough = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@thorough
@given(
    acts=ACTS,
    before=policies(),
    policy=policies(),
    later=st.integers(0, 50 * 4).map(lambda quarters: days(quarters / 4)),
)
async def test_all_are_decided_as_one_by_one(
    in_transaction: Transactions,
    database: Database,
    new_brand: NewBrand,
    acts: list[Act],
    before: TierPolicy,
    policy: TierPolicy,
    later: Any,
) -> None:
    brand, now = await new_brand(), NOW + later
    async with in_transaction(brand.tenant_id) as uow:
        await record_activities(uow, brand.columns(*acts), NOW)
        await uow.tier_sweep.all(before, TierPolicy(), NOW)
        held = await assignments(uow, brand, acts)
        expected = {
            it.member_id: (it, decide(it, policy, now)) for it in await figures(uow, brand, acts, now)
        }
        moves = await uow.tier_sweep.preview(policy, now)
    await forget_events(database, brand)

    async with in_transaction(brand.tenant_id) as uow:
        swept = await uow.tier_sweep.all(policy, before, now)

    changed = {
        member_id: TierAssignment(decision.tier, now, decision.reason, it.tier)
        for member_id, (it, decision) in expected.items()
        if decision.tier is not it.tier
    }
    kept = await stored(database, brand)
    assert {member_id: assigned for member_id, (assigned, _) in kept.items()} == held | changed
    for member_id, (_, due_at) in kept.items():
        assert now < (due_at or NEVER) <= (expected[member_id][1].due_at or NEVER)
    assert (swept.members, swept.changed) == (len(expected), len(changed))
    assert await events(database, brand) == {
        member_id: to_message(MemberTierChanged(member_id, change, sorted(expected[member_id][0].group_ids)))
        for member_id, change in changed.items()
    }
    assert sum(count for between, count in moves.items() if between[0] is not between[1]) == len(changed)

    async with in_transaction(brand.tenant_id) as uow:
        again = await uow.tier_sweep.anew(policy, now)
    assert again == Swept(len(expected), 0, None)


@thorough
@given(acts=ACTS, policy=policies(), later=st.integers(0, 50 * 4).map(lambda quarters: days(quarters / 4)))
async def test_who_is_due_is_decided_as_one_by_one(
    in_transaction: Transactions,
    database: Database,
    new_brand: NewBrand,
    acts: list[Act],
    policy: TierPolicy,
    later: Any,
) -> None:
    brand, now = await new_brand(), NOW + later
    async with in_transaction(brand.tenant_id) as uow:
        await record_activities(uow, brand.columns(*acts), NOW)
        await uow.tier_sweep.all(policy, TierPolicy(), NOW)
    before = await stored(database, brand)
    async with in_transaction(brand.tenant_id) as uow:
        expected = {it.member_id: decide(it, policy, now) for it in await figures(uow, brand, acts, now)}
        swept = await uow.tier_sweep.due(policy, now, limit=10)

    due = [member_id for member_id, (_, due_at) in before.items() if due_at and due_at <= now]
    assert swept.members == len(due)
    after = await stored(database, brand)
    for member_id, (held, due_at) in before.items():
        if member_id in due:
            decision = expected[member_id]
            reason = held.reason if decision.tier is held.tier else decision.reason
            assert brief(*after[member_id]) == (decision.tier, reason, decision.due_at)
        else:
            assert after[member_id] == (held, due_at)
            assert expected[member_id].tier is held.tier


async def test_what_was_amiss_is_repaired(
    in_transaction: Transactions, database: Database, brand: Brand
) -> None:
    acts = [
        Act(Kind.MESSAGE, "li", days(1)),
        Act(Kind.ORDER_PAID, "wang", days(2), order="o", amount_minor=9),
    ]
    async with in_transaction(brand.tenant_id) as uow:
        await record_activities(uow, brand.columns(*acts), NOW)
    right = await stored(database, brand)
    async with database.session(brand.tenant_id) as session:
        await session.connection.execute(
            text("update member_tiers set joined_at = now(), paid_orders = 7, tier = 1")
        )
        await session.connection.execute(
            text("delete from member_tiers where member_id = :li"), {"li": brand.member("li")}
        )

    async with in_transaction(brand.tenant_id) as uow:
        swept = await recompute_tiers(uow, NOW)

    assert (swept.members, swept.changed) == (2, 2)
    assert {it: brief(*kept) for it, kept in (await stored(database, brand)).items()} == {
        it: brief(*kept) for it, kept in right.items()
    }
    async with in_transaction(brand.tenant_id) as uow:
        assert (await recompute_tiers(uow, NOW)).changed == 0


async def figures(
    uow: UnitOfWork, brand: Brand, acts: Sequence[Act], now: datetime
) -> Sequence[MemberFigures]:
    """Everything there is of everybody, whatever the windows."""
    members = [brand.member(name) for name in {act.member for act in acts}]
    longest = replace(TierPolicy(), vip_window_days=366, dormant_after_days=366)
    return await uow.tiers.open_after(Recorded(member_ids=members, buyer_ids=members), longest, now)


async def assignments(uow: UnitOfWork, brand: Brand, acts: Sequence[Act]) -> dict[UUID, TierAssignment]:
    members = await uow.members.by_ids([brand.member(name) for name in {act.member for act in acts}], NOW)
    return {member.id: member.tier for member in members if member.tier}


async def stored(database: Database, brand: Brand) -> dict[UUID, tuple[TierAssignment, datetime | None]]:
    async with database.session(brand.tenant_id) as session:
        rows = await session.connection.execute(
            text("""
                select member_id, tier, previous_tier, assigned_at, cast(reason as text) as reason, due_at
                from member_tiers
            """)
        )
        return {row.member_id: (assignment(row), row.due_at) for row in rows}


def brief(
    decided: TierAssignment | TierDecision, due_at: datetime | None
) -> tuple[Tier, Any, datetime | None]:
    return decided.tier, decided.reason, due_at


async def events(database: Database, brand: Brand) -> dict[UUID, Any]:
    async with database.session(brand.tenant_id) as session:
        rows = await session.connection.execute(text("select partition_key, schema, body from outbox"))
        return {
            UUID(row.partition_key): json_format.ParseDict(orjson.loads(row.body), Wire()) for row in rows
        }


async def forget_events(database: Database, brand: Brand) -> None:
    async with database.session(brand.tenant_id) as session:
        await session.connection.execute(text("delete from outbox"))
