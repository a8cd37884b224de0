from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from content.application.ports import UnitOfWork
from content.application.release_contacts import release_contacts
from content.application.timer_kinds import POST_EXPIRY, POST_REMINDER
from content.domain.events import DomainEvent, PostAssigned, PostExpired
from content.domain.post import PostStatus


async def hand_out_posts(uow: UnitOfWork, post_ids: Sequence[UUID], now: datetime) -> None:
    """Assign the posts whose time has come; those later than their grace expire instead."""
    policy = await uow.policies.current()
    approved = [post for post in await uow.posts.locked(post_ids) if post.status is PostStatus.APPROVED]
    posts = [post.hand_out(now, policy) for post in approved]
    assigned = [post for post in posts if post.status is PostStatus.ASSIGNED]
    expired = [post for post in posts if post.status is PostStatus.EXPIRED]
    await uow.posts.save(posts)
    await release_contacts(uow, expired)
    await uow.post_timers.schedule_posts(POST_EXPIRY, {post.id: post.expires_at(policy) for post in assigned})
    if policy.reminder_minutes:
        first = timedelta(minutes=policy.reminder_minutes[0])
        await uow.post_timers.schedule_posts(
            POST_REMINDER, {post.id: post.due_at + first for post in assigned}
        )
    events: list[DomainEvent] = [
        PostAssigned(
            post.id, post.group_id, post.item_id, post.item_version, post.due_at, post.expires_at(policy)
        )
        for post in assigned
    ]
    events += [PostExpired(post.id, post.group_id) for post in expired]
    await uow.publish(*events, at=now)
