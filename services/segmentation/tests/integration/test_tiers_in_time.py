"""Tiers change when time passes, when the policy changes, and only then."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.paging import Page, PageRequest
from chassis.timer_loop import TimerLoop
from segmentation.application.ports import Transactions
from segmentation.application.record_activities import record_activities
from segmentation.application.redecide_due_tiers import redecide_due_tiers
from segmentation.application.update_tier_policy import update_tier_policy
from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.errors import StaleVersion
from segmentation.domain.policy import Tier
from segmentation.entrypoints.timers import TIMERS

from ..samples import NOW, Act, Brand, days

ACTIVE = tuple(Act(Kind.MESSAGE, "li", days(ago), name="李") for ago in (1, 2, 3))


async def record(within: Transactions, brand: Brand, acts: Sequence[Act], now: datetime = NOW) -> None:
    async with within(brand.tenant_id) as uow:
        await record_activities(uow, brand.columns(*acts), now)


async def tier(within: Transactions, brand: Brand, name: str = "li") -> Tier | None:
    async with within(brand.tenant_id) as uow:
        [member] = await uow.members.by_ids([brand.member(name)], NOW)
        return member.tier.tier if member.tier else None


async def changes(database: Database, brand: Brand) -> int:
    async with database.session(brand.tenant_id) as session:
        counted = text("select count(*) from outbox where type like '%tier_changed%'")
        return int((await session.connection.execute(counted)).scalar_one())


async def test_a_tier_ends_by_time_alone_when_it_is_due(
    in_transaction: Transactions, database: Database, brand: Brand
) -> None:
    """Three messages, the oldest three days ago: active for four more days, then prospect, then dormant."""
    await record(in_transaction, brand, ACTIVE)
    assert await tier(in_transaction, brand) is Tier.ACTIVE

    now = NOW
    timers = TimerLoop(database, in_transaction, TIMERS, clock=lambda: now)
    for in_days, expected in ((3.99, Tier.ACTIVE), (4.001, Tier.PROSPECT), (28.99, Tier.PROSPECT)):
        now = NOW + days(in_days)
        while await timers.fire_due():
            pass
        assert await tier(in_transaction, brand) is expected
    now = NOW + days(29.001)
    while await timers.fire_due():
        pass
    assert await tier(in_transaction, brand) is Tier.DORMANT
    assert await changes(database, brand) == 3

    async with in_transaction(brand.tenant_id) as uow:
        [page] = (await uow.tiers.histories([brand.member("li")], PageRequest(2))).values()
        assert [it.tier for it in page.items] == [Tier.DORMANT, Tier.PROSPECT]
        assert page.has_next_page
        following = PageRequest(2, page.keys[-1], count_total=True)
        [rest] = (await uow.tiers.histories([brand.member("li")], following)).values()
        assert [(it.tier, it.previous_tier) for it in rest.items] == [(Tier.ACTIVE, None)]
        assert rest.total_count == 3
        li, nobody = brand.member("li"), brand.member("wang")
        both = await uow.tiers.histories([li, nobody], following)
        assert both == {li: rest, nobody: Page([], [], False, 0)}


async def test_history_imported_late_makes_one_decision_by_now(
    in_transaction: Transactions, database: Database, brand: Brand
) -> None:
    await record(in_transaction, brand, [Act(Kind.MESSAGE, "li", days(3_000 - n)) for n in range(200)])
    assert await tier(in_transaction, brand) is Tier.DORMANT
    assert await changes(database, brand) == 1


async def test_a_member_held_elsewhere_is_decided_later(
    in_transaction: Transactions, database: Database, brand: Brand
) -> None:
    await record(in_transaction, brand, ACTIVE)
    later = NOW + days(5)
    async with database.session(brand.tenant_id) as holding:
        await holding.connection.execute(text("select 1 from members for update"))
        async with in_transaction(brand.tenant_id) as uow:
            assert await redecide_due_tiers(uow, later) == 0
    async with in_transaction(brand.tenant_id) as uow:
        assert await redecide_due_tiers(uow, later) == 1


async def test_a_new_policy_decides_everybody_anew(
    in_transaction: Transactions, database: Database, brand: Brand
) -> None:
    await record(in_transaction, brand, [*ACTIVE, Act(Kind.MESSAGE, "wang", days(1))])
    async with in_transaction(brand.tenant_id) as uow:
        wanted = replace(await uow.policies.tiers(), active_interactions=4)
        policy, changed = await update_tier_policy(uow, wanted, 0, NOW)
    assert (policy.version, changed) == (1, 1)
    assert await tier(in_transaction, brand) is Tier.PROSPECT

    async with in_transaction(brand.tenant_id) as uow:
        assert await update_tier_policy(uow, wanted, 0, NOW) == (policy, 0)
    with pytest.raises(StaleVersion):
        async with in_transaction(brand.tenant_id) as uow:
            await update_tier_policy(uow, replace(wanted, active_interactions=5), 0, NOW)
