"""The blocklist in PostgreSQL."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, delete, or_, select
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Session
from chassis.paging import Page, PageRequest, fetch_page
from risk.adapters.fraud_tables import blocked_members
from risk.domain.blocklist import Block

_COLUMNS = [blocked_members.c[name] for name in Block.__dataclass_fields__]


class SqlBlocklist:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def put(self, block: Block) -> None:
        row = asdict(block)
        adding = insert(blocked_members).values(row | {"tenant_id": self._tenant_id})
        key = (blocked_members.c.tenant_id, blocked_members.c.member_id)
        await self._connection.execute(adding.on_conflict_do_update(index_elements=key, set_=row))

    async def remove(self, member_id: UUID, now: datetime) -> Block | None:
        removing = delete(blocked_members).where(
            blocked_members.c.tenant_id == self._tenant_id, blocked_members.c.member_id == member_id
        )
        row = (await self._connection.execute(removing.returning(*_COLUMNS))).one_or_none()
        return _to_block(row) if row and (row.until is None or row.until > now) else None

    async def among(self, member_ids: Collection[UUID], now: datetime) -> Mapping[UUID, Block]:
        blocks = self._in_force(now).where(blocked_members.c.member_id.in_(member_ids))
        return {row.member_id: _to_block(row) for row in await self._connection.execute(blocks)}

    async def page(self, request: PageRequest, now: datetime) -> Page[Block]:
        order = blocked_members.c.blocked_at, blocked_members.c.member_id
        in_force = self._in_force(now)
        return await fetch_page(self._connection, in_force, order, request, _to_block, descending=True)

    def _in_force(self, now: datetime) -> Select[Any]:
        until = blocked_members.c.until
        own = select(*_COLUMNS).where(blocked_members.c.tenant_id == self._tenant_id)
        return own.where(or_(until.is_(None), until > now))


def _to_block(row: Row[Any]) -> Block:
    return Block(row.member_id, row.reason, row.blocked_at, row.blocked_by, row.until)
