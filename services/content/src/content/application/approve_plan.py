from collections import Counter
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from content.application.ports import UnitOfWork
from content.application.timer_kinds import POST_DUE
from content.domain.budget import month_of
from content.domain.errors import ContactBudgetExhausted
from content.domain.events import PlanApproved
from content.domain.plan import Plan
from content.domain.post import PostStatus


async def approve_plan(uow: UnitOfWork, plan_id: UUID, now: datetime) -> Plan:
    """Approve a plan as a whole: reserve its contacts, and have its posts handed out when due.

    Raises PlanNotFound, WrongPlanStatus, ContactBudgetExhausted.
    """
    plan = (await uow.plans.get(plan_id)).approve()
    posts = [replace(post, status=PostStatus.APPROVED) for post in await uow.posts.of_plan(plan_id)]
    zone = await uow.zone()
    wanted = Counter(month_of(post.group_id, post.due_at.astimezone(zone).date()) for post in posts)
    if short := await uow.budgets.reserve(wanted):
        groups = ", ".join(f"{key.group_id} ({key.month})" for key in short)
        raise ContactBudgetExhausted(
            f"Too few contacts left this month: {groups}. Plan fewer posts.", "plan_id"
        )
    await uow.plans.save(plan)
    await uow.posts.save(posts)
    await uow.post_timers.schedule_posts(POST_DUE, {post.id: post.due_at for post in posts})
    await uow.publish([PlanApproved(plan.id, len(posts))], now)
    return plan
