from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from content.application.ports import UnitOfWork
from content.application.timer_kinds import POST_REMINDER
from content.domain.events import PostReminded
from content.domain.post import PostStatus


async def remind_posts(uow: UnitOfWork, post_ids: Sequence[UUID], now: datetime) -> None:
    """Remind of due posts that nobody has taken on, as often as the policy says."""
    offsets = (await uow.policies.current()).reminder_minutes
    waiting = [post for post in await uow.posts.locked(post_ids) if post.status is PostStatus.ASSIGNED]
    posts = [post.remind() for post in waiting if post.reminders < len(offsets)]
    await uow.posts.save(posts)
    following = {
        post.id: post.due_at + timedelta(minutes=offsets[post.reminders])
        for post in posts
        if post.reminders < len(offsets)
    }
    await uow.post_timers.schedule_posts(POST_REMINDER, following)
    await uow.publish(*(PostReminded(post.id, post.group_id, post.reminders) for post in posts), at=now)
