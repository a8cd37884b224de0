from collections import Counter
from collections.abc import Sequence

from content.application.ports import UnitOfWork
from content.domain.budget import month_of
from content.domain.post import Post


async def release_contacts(uow: UnitOfWork, posts: Sequence[Post]) -> None:
    """Give back the reserved contacts of posts that will not be sent."""
    zone = await uow.zone()
    await uow.budgets.release(
        Counter(month_of(post.group_id, post.due_at.astimezone(zone).date()) for post in posts)
    )
