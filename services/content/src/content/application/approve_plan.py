from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from content.application.ports import UnitOfWork
from content.application.timer_kinds import POST_DUE
from content.domain.budget import month_of
from content.domain.errors import ContactBudgetExhausted, PlanOutdated
from content.domain.events import PlanApproved
from content.domain.plan import Plan, breaks_calendar, repeats_item
from content.domain.post import Post, PostStatus


async def approve_plan(uow: UnitOfWork, plan_id: UUID, now: datetime) -> Plan:
    """Approve a plan as a whole: reserve its contacts, and have its posts handed out when due.

    Raises PlanNotFound, WrongPlanStatus, PlanOutdated, ContactBudgetExhausted.
    """
    plan = (await uow.plans.get(plan_id)).approve()
    posts = [replace(post, status=PostStatus.APPROVED) for post in await uow.posts.of_plan(plan_id)]
    zone = await uow.zone()
    wanted = Counter(month_of(post.group_id, post.due_at.astimezone(zone).date()) for post in posts)
    if short := await uow.budgets.reserve(wanted):
        groups = ", ".join(f"{key.group_id} ({key.month})" for key in short)
        raise ContactBudgetExhausted(f"Too few contacts left this month: {groups}. Plan fewer.", "plan_id")
    await _check_places(uow, plan, posts, zone)
    await uow.plans.save(plan)
    await uow.posts.save(posts)
    await uow.post_timers.schedule_posts(POST_DUE, {post.id: post.due_at for post in posts})
    await uow.publish(PlanApproved(plan.id, len(posts)), at=now)
    return plan


async def _check_places(uow: UnitOfWork, plan: Plan, posts: Sequence[Post], zone: ZoneInfo) -> None:
    """Another plan may have been approved since the draft was made; the budget's lock made us take turns."""
    policy = await uow.policies.current()
    around = timedelta(days=max(policy.no_repeat_days, 1))
    last = plan.start_date + timedelta(days=plan.days)
    taken = await uow.posts.calendars(plan.group_ids, plan.start_date - around, last + around, zone)
    calendars = {calendar.group_id: calendar for calendar in taken}
    for post in posts:
        calendar, day = calendars[post.group_id], post.due_at.astimezone(zone).date()
        crowded = breaks_calendar(calendar, post.due_at, policy, zone)
        if crowded or repeats_item(calendar, post.item_id, day, policy):
            raise PlanOutdated("Another plan took a place of this one; generate it again.")
