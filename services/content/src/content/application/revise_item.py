from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from content.application.ports import UnitOfWork
from content.domain.item import Item


@dataclass(frozen=True, slots=True)
class ReviseItem:
    item_id: UUID
    expected_version: int
    title: str
    body: str
    url: str


async def revise_item(uow: UnitOfWork, command: ReviseItem, now: datetime) -> Item:
    """Make a new version, a draft again. Raises ItemNotFound, StaleVersion, ItemIncomplete."""
    item = await uow.items.get(command.item_id)
    revised = item.revise(command.expected_version, command.title, command.body, command.url, now)
    await uow.items.save(revised)
    return revised
