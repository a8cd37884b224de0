"""Moderators, and how large groups are, in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, delete, select, text
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Session
from chassis.paging import Page, PageRequest, fetch_page
from risk.adapters.rota_tables import group_sizes, moderators
from risk.domain.rota_errors import GroupNotFound, ModeratorNotFound
from risk.domain.shift import Moderator

_MOVE = text("""
    insert into group_sizes (tenant_id, group_id, size)
    select :tenant_id, it.*
    from unnest(cast(:group_ids as uuid[]), cast(:changes as integer[])) as it (group_id, change)
    order by group_id
    on conflict (tenant_id, group_id) do update set size = group_sizes.size + excluded.size
""")


class SqlModerators:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def put(self, moderator: Moderator) -> None:
        row = {"name": moderator.name, "group_ids": sorted(moderator.group_ids)}
        adding = insert(moderators).values(
            row | {"tenant_id": self._tenant_id, "staff_id": moderator.staff_id}
        )
        await self._connection.execute(
            adding.on_conflict_do_update(index_elements=["tenant_id", "staff_id"], set_=row)
        )

    async def remove(self, staff_id: str) -> None:
        await self._connection.execute(
            delete(moderators).where(
                moderators.c.tenant_id == self._tenant_id, moderators.c.staff_id == staff_id
            )
        )

    async def get(self, staff_id: str) -> Moderator:
        query = self._moderators().where(moderators.c.staff_id == staff_id)
        row = (await self._connection.execute(query)).one_or_none()
        if row is None:
            raise ModeratorNotFound(f"{staff_id} is not on the rota: put the moderator on it first")
        return _to_moderator(row)

    async def all(self) -> Sequence[Moderator]:
        rows = await self._connection.execute(self._moderators().order_by(moderators.c.staff_id))
        return [_to_moderator(row) for row in rows]

    async def page(self, request: PageRequest) -> Page[Moderator]:
        order = (moderators.c.staff_id,)
        return await fetch_page(self._connection, self._moderators(), order, request, _to_moderator)

    def _moderators(self) -> Select[Any]:
        return select(moderators).where(moderators.c.tenant_id == self._tenant_id)


class SqlGroupSizes:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def move(self, changes: Mapping[UUID, int]) -> None:
        if not changes:
            return
        parameters = {
            "tenant_id": self._tenant_id,
            "group_ids": list(changes),
            "changes": list(changes.values()),
        }
        await self._connection.execute(_MOVE, parameters)

    async def must_know(self, group_ids: Collection[UUID]) -> None:
        query = select(group_sizes.c.group_id).where(
            group_sizes.c.tenant_id == self._tenant_id, group_sizes.c.group_id.in_(group_ids)
        )
        if missing := set(group_ids) - set((await self._connection.execute(query)).scalars()):
            raise GroupNotFound(f"There is no group {min(missing)}")


def _to_moderator(row: Row[Any]) -> Moderator:
    return Moderator(row.staff_id, row.name, frozenset(row.group_ids))
