"""What exports read, page by page, in PostgreSQL."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from chassis.database import Session
from chassis.personal_data import PersonalData
from segmentation.adapters.personal_data import PERSONAL_TABLES

# Of several generations of members one is shown.
_SEGMENT_SIZE = text("""
    select coalesce(g.size, 0) as size
    from segments s left join segment_generations g on g.segment_id = s.segment_id and g.state = 1
    where s.segment_id = :segment_id
""")
_SEGMENT_MEMBERS = """
    select member_id, entered_at from segment_members
    where segment_id = :segment_id {after} and generation = (
        select number from segment_generations where segment_id = :segment_id and state = 1)
    order by member_id limit :limit
"""
_SEGMENT_FIRST = text(_SEGMENT_MEMBERS.format(after=""))
_SEGMENT_NEXT = text(_SEGMENT_MEMBERS.format(after="and member_id > :after"))
_GROUPS = text("select group_id from groups order by group_id")
_MERGED = text("""
    select origin_id from member_identities where member_id = :member_id and origin_id <> :member_id
""")


class SqlExportReads:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._personal_data = PersonalData(session, PERSONAL_TABLES)

    async def segment_size(self, segment_id: UUID) -> int | None:
        size = (
            await self._connection.execute(_SEGMENT_SIZE, {"segment_id": segment_id})
        ).scalar_one_or_none()
        return None if size is None else int(size)

    async def segment_members(
        self, segment_id: UUID, after: UUID | None, limit: int
    ) -> Sequence[tuple[UUID, datetime]]:
        parameters = {"segment_id": segment_id, "limit": limit}
        if after is None:
            rows = await self._connection.execute(_SEGMENT_FIRST, parameters)
        else:
            rows = await self._connection.execute(_SEGMENT_NEXT, {**parameters, "after": after})
        return [(row.member_id, row.entered_at) for row in rows]

    async def group_ids(self) -> Sequence[UUID]:
        return (await self._connection.execute(_GROUPS)).scalars().all()

    async def merged_into(self, member_id: UUID) -> Sequence[UUID]:
        return (await self._connection.execute(_MERGED, {"member_id": member_id})).scalars().all()

    def personal_rows(self, member_id: UUID) -> AsyncIterator[tuple[str, str]]:
        return self._personal_data.rows(member_id)
