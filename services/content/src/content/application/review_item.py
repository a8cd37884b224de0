from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from content.application.ports import UnitOfWork
from content.domain.events import ItemApproved
from content.domain.item import Item


@dataclass(frozen=True, slots=True)
class ReviewItem:
    item_id: UUID
    version: int
    approve: bool
    reason: str


async def review_item(uow: UnitOfWork, command: ReviewItem, now: datetime) -> Item:
    """Approve or reject a submitted version.

    Raises ItemNotFound, StaleVersion, WrongItemStatus, ReasonMissing.
    """
    item = await uow.items.get(command.item_id)
    reviewed = item.review(command.version, approve=command.approve, reason=command.reason, now=now)
    await uow.items.save(reviewed)
    if command.approve:
        await uow.publish(ItemApproved(reviewed.id, reviewed.version, reviewed.type), at=now)
    return reviewed
