"""From plan to delivery on a real database: due once, budgets kept, also under races."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.ids import new_id
from chassis.paging import PageRequest
from chassis.timer_loop import TimerLoop
from content.adapters.unit_of_work import SqlUnitOfWork
from content.application.approve_plan import approve_plan
from content.application.generate_plan import GeneratePlan, generate_plan
from content.application.ports import PostFilter
from content.application.report_delivery import report_delivery
from content.application.reschedule_post import reschedule_post
from content.domain.budget import BudgetKey, ContactBudget
from content.domain.errors import ContactBudgetExhausted, NoSuchSlot
from content.domain.plan import Plan
from content.domain.post import DeliveryOutcome, Post, PostStatus
from content.entrypoints.timers import TIMERS

InTransaction = Callable[[UUID], AbstractAsyncContextManager[SqlUnitOfWork]]

NOW = datetime(2026, 11, 22, tzinfo=UTC)
MONDAY = date(2026, 11, 23)
pytestmark = pytest.mark.usefixtures("library")


class Stage:
    """One tenant's content, driven through its use cases."""

    def __init__(self, database: Database, in_transaction: InTransaction, tenant_id: UUID) -> None:
        self.database, self.in_transaction, self.tenant_id = database, in_transaction, tenant_id
        self.now = NOW

    async def plan(self, group_id: UUID, days: int = 7, per_day: int = 3, start: date = MONDAY) -> Plan:
        async with self.in_transaction(self.tenant_id) as uow:
            return await generate_plan(uow, GeneratePlan(start, days, (group_id,), per_day), self.now)

    async def approve(self, plan: Plan) -> None:
        async with self.in_transaction(self.tenant_id) as uow:
            await approve_plan(uow, plan.id, self.now)

    async def report(self, post: Post, outcome: DeliveryOutcome) -> None:
        async with self.in_transaction(self.tenant_id) as uow:
            await report_delivery(uow, post.id, outcome, self.now)

    async def posts(self, plan: Plan) -> list[Post]:
        async with self.in_transaction(self.tenant_id) as uow:
            return list((await uow.posts.page(PageRequest(100), PostFilter(plan_id=plan.id))).items)

    async def budget(self, group_id: UUID) -> ContactBudget:
        async with self.in_transaction(self.tenant_id) as uow:
            [budget] = await uow.budgets.many([BudgetKey(group_id, "2026-11")])
        return budget

    async def events(self) -> Counter[str]:
        async with self.database.session(self.tenant_id) as session:
            return Counter((await session.connection.execute(text("select type from outbox"))).scalars())

    def loop(self) -> TimerLoop:  # type: ignore[type-arg]
        return TimerLoop(self.database, self.in_transaction, TIMERS, clock=lambda: self.now)

    async def pass_time(self, until: datetime) -> None:
        self.now = until
        while await self.loop().fire_due():
            pass


@pytest.fixture
def stage(database: Database, in_transaction: InTransaction, tenant_id: UUID) -> Stage:
    return Stage(database, in_transaction, tenant_id)


async def test_a_due_post_is_handed_out_and_delivered(stage: Stage) -> None:
    group = new_id()
    plan = await stage.plan(group, days=1, per_day=1)
    await stage.approve(plan)
    [post] = await stage.posts(plan)
    await stage.pass_time(post.due_at)
    assert [each.status for each in await stage.posts(plan)] == [PostStatus.ASSIGNED]
    await stage.report(post, DeliveryOutcome.CONFIRMED)
    await stage.report(post, DeliveryOutcome.DELIVERED)
    await stage.pass_time(post.due_at + timedelta(days=1))
    assert [each.status for each in await stage.posts(plan)] == [PostStatus.DELIVERED]
    budget = await stage.budget(group)
    assert (budget.limit, budget.reserved, budget.sent) == (30, 0, 1)
    events = await stage.events()
    assert (events["quanzi.content.post.assigned.v1"], events["quanzi.content.post.delivered.v1"]) == (1, 1)


async def test_nobody_takes_it_on_so_it_is_reminded_and_expires(stage: Stage) -> None:
    group = new_id()
    plan = await stage.plan(group, days=1, per_day=1)
    await stage.approve(plan)
    [post] = await stage.posts(plan)
    for minutes in range(0, 60, 5):
        await stage.pass_time(post.due_at + timedelta(minutes=minutes))
    [post] = await stage.posts(plan)
    assert (post.status, post.reminders) == (PostStatus.EXPIRED, 2)
    assert (await stage.budget(group)).remaining == 30
    assert (await stage.events())["quanzi.content.post.reminded.v1"] == 2


async def test_after_an_outage_late_posts_expire_instead_of_being_sent_at_night(stage: Stage) -> None:
    group = new_id()
    plan = await stage.plan(group, days=1, per_day=3)
    await stage.approve(plan)
    await stage.pass_time(datetime(2026, 11, 23, 15, 30, tzinfo=UTC))  # 23:30 in Shanghai
    assert {post.status for post in await stage.posts(plan)} == {PostStatus.EXPIRED}
    assert (await stage.events())["quanzi.content.post.assigned.v1"] == 0
    assert (await stage.budget(group)).remaining == 30


async def test_three_replicas_hand_out_each_post_once(stage: Stage) -> None:
    plans = [await stage.plan(new_id()) for _ in range(4)]
    for plan in plans:
        await stage.approve(plan)
    stage.now = datetime(2026, 11, 23, 2, 15, tzinfo=UTC)
    await asyncio.gather(*(stage.loop().fire_due() for _ in range(3)))
    await stage.pass_time(stage.now)
    posts = [post for plan in plans for post in await stage.posts(plan)]
    due = sum(post.due_at <= stage.now for post in posts)
    events = await stage.events()
    handed_out = events["quanzi.content.post.assigned.v1"] + events["quanzi.content.post.expired.v1"]
    assert due == handed_out > 0


async def test_plans_approved_at_once_never_exceed_the_contact_budget(stage: Stage) -> None:
    group = new_id()  # 30 contacts in November
    starts = [MONDAY, MONDAY + timedelta(days=4)]
    plans = [await stage.plan(group, days=4, per_day=5, start=start) for start in starts]
    results = await asyncio.gather(*(stage.approve(plan) for plan in plans), return_exceptions=True)
    assert [type(result) for result in results].count(ContactBudgetExhausted) == 1
    assert results.count(None) == 1
    assert (await stage.budget(group)).reserved in (19, 20)


async def test_of_two_drafts_for_the_same_days_one_is_approved(stage: Stage) -> None:
    group = new_id()
    plans = [await stage.plan(group, days=2, per_day=3) for _ in range(2)]
    results = await asyncio.gather(*(stage.approve(plan) for plan in plans), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "PlanOutdated"]
    assert (await stage.budget(group)).reserved == 6


async def test_a_moved_post_keeps_the_rules(stage: Stage) -> None:
    plan = await stage.plan(new_id(), days=2, per_day=3)
    await stage.approve(plan)
    first, second, *_ = await stage.posts(plan)
    midnight = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
    async with stage.in_transaction(stage.tenant_id) as uow:
        for refused in (midnight, second.due_at + timedelta(minutes=5), NOW - timedelta(days=1)):
            with pytest.raises(NoSuchSlot):
                await reschedule_post(uow, first.id, refused, NOW)
        moved = await reschedule_post(uow, first.id, first.due_at - timedelta(minutes=40), NOW)
    await stage.pass_time(moved.due_at)
    assert (await stage.posts(plan))[0].status is PostStatus.ASSIGNED


async def test_another_tenant_sees_nothing(stage: Stage, in_transaction: InTransaction) -> None:
    plan = await stage.plan(new_id())
    async with in_transaction(new_id()) as foreign:
        assert await foreign.plans.many([plan.id]) == []
        assert (await foreign.items.page(PageRequest(100), None, None)).items == []
        assert (await foreign.posts.page(PageRequest(100), PostFilter(plan_id=plan.id))).items == []
