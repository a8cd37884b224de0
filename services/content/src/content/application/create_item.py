from dataclasses import dataclass
from datetime import datetime

from chassis.ids import new_id
from content.application.ports import UnitOfWork
from content.domain.content_type import ContentFormat, ContentType
from content.domain.item import Item


@dataclass(frozen=True, slots=True)
class CreateItem:
    external_reference: str | None
    type: ContentType
    format: ContentFormat
    title: str
    body: str
    url: str


async def create_item(uow: UnitOfWork, command: CreateItem, now: datetime) -> Item:
    """Add an item as a draft. Raises ItemIncomplete, ExternalReferenceTaken."""
    item = Item.draft(
        new_id(),
        command.external_reference,
        command.type,
        command.format,
        command.title,
        command.body,
        command.url,
        now,
    )
    await uow.items.add(item)
    return item
