from datetime import datetime, timedelta
from uuid import UUID

from content.application.ports import UnitOfWork
from content.application.timer_kinds import POST_DUE
from content.domain.budget import month_of
from content.domain.errors import ContactBudgetExhausted, NoSuchSlot
from content.domain.plan import breaks_calendar, repeats_item
from content.domain.post import Post, PostStatus


async def reschedule_post(uow: UnitOfWork, post_id: UUID, due_at: datetime, now: datetime) -> Post:
    """Move a post that is not yet assigned; every constraint of its group is checked again.

    Raises PostNotFound, WrongPostStatus, NoSuchSlot, ContactBudgetExhausted.
    """
    zone, policy = await uow.zone(), await uow.policies.current()
    post = await uow.posts.get(post_id)
    moved = post.move(due_at)
    local, before = due_at.astimezone(zone), post.due_at.astimezone(zone)
    if due_at <= now:
        raise NoSuchSlot("The new time is in the past.")
    if policy.is_quiet(local.hour * 60 + local.minute):
        raise NoSuchSlot("The new time is in quiet hours.")
    around = timedelta(days=max(policy.no_repeat_days, 1))
    first, last = min(local, before).date() - around, max(local, before).date() + around
    [calendar] = await uow.posts.calendars([post.group_id], first, last, zone, post.plan_id)
    calendar.due_times.remove(post.due_at)
    calendar.item_days[post.item_id].remove(before.date())
    if broken := breaks_calendar(calendar, due_at, policy, zone):
        raise NoSuchSlot(f"The new time breaks a rule of the group's day: {broken}.")
    if repeats_item(calendar, post.item_id, local.date(), policy):
        raise NoSuchSlot("The item would be repeated too soon in this group.")
    if post.status is PostStatus.APPROVED:
        old, new = month_of(post.group_id, before.date()), month_of(post.group_id, local.date())
        if old != new:
            await uow.budgets.release({old: 1})
            if await uow.budgets.reserve({new: 1}):
                raise ContactBudgetExhausted(f"No contact left for this group in {new.month}.", "due_at")
        await uow.post_timers.schedule(POST_DUE, str(post_id), due_at)
    await uow.posts.save([moved])
    return moved
