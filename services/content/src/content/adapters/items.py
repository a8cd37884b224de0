"""The library in PostgreSQL."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from chassis.database import Session
from chassis.paging import Page, PageRequest, fetch_page
from content.adapters.tables import items
from content.domain.content_type import ContentFormat, ContentType, Verdict
from content.domain.errors import ExternalReferenceTaken, ItemNotFound
from content.domain.item import Item, ItemStatus
from content.domain.plan import Candidate

COLUMNS = [column for column in items.c if column.name != "tenant_id"]


class SqlItems:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def add(self, item: Item) -> None:
        statement = insert(items).values(tenant_id=self._tenant_id, **_values(item))
        try:
            async with self._connection.begin_nested():
                await self._connection.execute(statement)
        except IntegrityError as error:
            message = f"The reference {item.external_reference!r} belongs to another item."
            raise ExternalReferenceTaken(message) from error

    async def get(self, item_id: UUID) -> Item:
        statement = select(*COLUMNS).where(items.c.id == item_id).with_for_update()
        row = (await self._connection.execute(statement)).one_or_none()
        if row is None:
            raise ItemNotFound("There is no such item.")
        return _item(row)

    async def save(self, item: Item) -> None:
        await self._connection.execute(update(items).where(items.c.id == item.id).values(**_values(item)))

    async def many(self, item_ids: Sequence[UUID]) -> Sequence[Item]:
        rows = await self._connection.execute(select(*COLUMNS).where(items.c.id.in_(item_ids)))
        return [_item(row) for row in rows]

    async def page(
        self, request: PageRequest, content_type: ContentType | None, status: ItemStatus | None
    ) -> Page[Item]:
        statement = select(*COLUMNS)
        if content_type:
            statement = statement.where(items.c.type == content_type)
        if status:
            statement = statement.where(items.c.status == status)
        order = (items.c.created_at, items.c.id)
        return await fetch_page(self._connection, statement, order, request, _item, descending=True)

    async def candidates(self) -> Sequence[Candidate]:
        statement = (
            select(items.c.id, items.c.version, items.c.type)
            .where(items.c.status == ItemStatus.APPROVED)
            .order_by(items.c.created_at, items.c.id)
        )
        rows = await self._connection.execute(statement)
        return [Candidate(row.id, row.version, ContentType(row.type)) for row in rows]


def _values(item: Item) -> dict[str, Any]:
    return {column.name: getattr(item, column.name) for column in COLUMNS}


def _item(row: Row[Any]) -> Item:
    return Item(
        row.id,
        row.external_reference,
        ContentType(row.type),
        ContentFormat(row.format),
        row.title,
        row.body,
        row.url,
        ItemStatus(row.status),
        row.version,
        Verdict(row.screening_verdict) if row.screening_verdict else None,
        row.status_reason,
        row.created_at,
        row.updated_at,
    )
