"""Groups in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chassis.database import Session
from chassis.paging import Page, PageRequest, page_of
from segmentation.adapters.totals import total_of
from segmentation.domain.group import LONGEST_NAME, Group

_GROUP = """
    select group_id, external_reference, name, owner, created_at,
        (select count(distinct member_id) from memberships s
         where s.group_id = g.group_id and s.left_at is null) as size
    from groups g
"""
_BY_IDS = text(f"{_GROUP} where group_id = any(cast(:ids as uuid[])) order by name, group_id")
_BY_REFERENCES = text(
    f"{_GROUP} where external_reference = any(cast(:references as text[])) order by name, group_id"
)
_FIRST = text(f"{_GROUP} order by name, group_id limit :limit")
_NEXT = text(f"{_GROUP} where (name, group_id) > (:name, :group_id) order by name, group_id limit :limit")
_SAVE = text("""
    insert into groups (tenant_id, group_id, external_reference, name, owner, created_at)
    values (:tenant_id, :group_id, :external_reference, :name, :owner, :created_at)
    on conflict (tenant_id, group_id) do update
    set name = excluded.name, owner = case excluded.owner when '' then groups.owner else excluded.owner end
    returning xmax = 0 as added
""")
_ADD_MANY = text("""
    insert into groups (tenant_id, group_id, external_reference, name, owner, created_at)
    select :tenant_id, added.*, '', :created_at
    from unnest(cast(:ids as uuid[]), cast(:references as text[]), cast(:names as text[]))
         as added (group_id, external_reference, name)
    order by group_id
    on conflict do nothing
    returning group_id
""")


class SqlGroups:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def by_ids(self, ids: Sequence[UUID]) -> Sequence[Group]:
        return [_group(row) for row in await self._connection.execute(_BY_IDS, {"ids": list(ids)})]

    async def by_references(self, references: Sequence[str]) -> Sequence[Group]:
        rows = await self._connection.execute(_BY_REFERENCES, {"references": list(references)})
        return [_group(row) for row in rows]

    async def add_unknown(self, references: Mapping[UUID, str], now: datetime) -> Collection[UUID]:
        parameters = {
            "tenant_id": self._tenant_id,
            "ids": list(references),
            "references": list(references.values()),
            "names": [reference[:LONGEST_NAME] for reference in references.values()],
            "created_at": now,
        }
        return set((await self._connection.execute(_ADD_MANY, parameters)).scalars())

    async def page(self, request: PageRequest) -> Page[Group]:
        parameters: dict[str, Any] = {"limit": request.first + 1}
        if request.after:
            parameters["name"], parameters["group_id"] = request.place(str, UUID)
        total = await total_of(self._connection, request, "groups", {})
        rows = await self._connection.execute(_NEXT if request.after else _FIRST, parameters)
        return page_of([_group(row) for row in rows], request, _key, total)

    async def save(self, group: Group) -> bool:
        parameters = {
            "tenant_id": self._tenant_id,
            "group_id": group.id,
            "external_reference": group.external_reference,
            "name": group.name,
            "owner": group.owner,
            "created_at": group.created_at,
        }
        return bool((await self._connection.execute(_SAVE, parameters)).scalar_one())


def _key(group: Group) -> tuple[str, UUID]:
    return group.name, group.id


def _group(row: Row[Any]) -> Group:
    return Group(row.group_id, row.external_reference, row.name, row.owner, row.created_at, row.size)
