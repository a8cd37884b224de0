from datetime import datetime
from uuid import UUID

from content.application.ports import UnitOfWork
from content.application.release_contacts import release_contacts
from content.application.timer_kinds import POST_EXPIRY, POST_REMINDER
from content.domain.budget import month_of
from content.domain.events import PostDelivered, PostQuotaFailed
from content.domain.post import DeliveryOutcome, Post, PostStatus


async def report_delivery(uow: UnitOfWork, post_id: UUID, outcome: DeliveryOutcome, now: datetime) -> Post:
    """What a group owner or partner says of an assigned post. Raises PostNotFound, WrongPostStatus."""
    post = await uow.posts.get(post_id)
    reported = post.report(outcome, now)
    if reported is post:
        return post
    await uow.posts.save([reported])
    await uow.post_timers.cancel(POST_REMINDER, str(post_id))
    match reported.status:
        case PostStatus.CONFIRMED:
            expires_at = reported.expires_at(await uow.policies.current())
            await uow.post_timers.schedule(POST_EXPIRY, str(post_id), expires_at)
        case PostStatus.DELIVERED:
            await uow.post_timers.cancel(POST_EXPIRY, str(post_id))
            day = post.due_at.astimezone(await uow.zone()).date()
            await uow.budgets.spend(month_of(post.group_id, day))
            await uow.publish(PostDelivered(post.id, post.group_id, post.item_id, post.type, now), at=now)
        case PostStatus.QUOTA_FAILED:
            await uow.post_timers.cancel(POST_EXPIRY, str(post_id))
            await release_contacts(uow, [post])
            await uow.publish(PostQuotaFailed(post.id, post.group_id), at=now)
    return reported
