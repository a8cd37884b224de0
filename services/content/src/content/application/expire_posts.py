from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from content.application.ports import UnitOfWork
from content.application.release_contacts import release_contacts
from content.domain.events import PostExpired
from content.domain.post import PostStatus


async def expire_posts(uow: UnitOfWork, post_ids: Sequence[UUID], now: datetime) -> None:
    """Expire the assigned posts whose time is over, and give their contacts back."""
    policy = await uow.policies.current()
    posts = [post.expire(now, policy) for post in await uow.posts.locked(post_ids)]
    expired = [post for post in posts if post.status is PostStatus.EXPIRED]
    await uow.posts.save(expired)
    await release_contacts(uow, expired)
    await uow.publish(*(PostExpired(post.id, post.group_id) for post in expired), at=now)
