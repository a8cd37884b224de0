"""When members first wrote in their groups, from the decisions about their messages."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from chassis.database import Session

_FIRST = text("""
    select place.member_id, place.group_id, first.occurred_at
    from unnest(cast(:member_ids as uuid[]), cast(:group_ids as uuid[])) as place (member_id, group_id)
    cross join lateral (
        select occurred_at from decisions
        where tenant_id = :tenant_id and member_id = place.member_id and group_id = place.group_id
        order by occurred_at limit 1
    ) first
""")


class SqlFirstWords:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def of(self, places: Collection[tuple[UUID, UUID]]) -> Mapping[tuple[UUID, UUID], datetime]:
        parameters = {
            "tenant_id": self._tenant_id,
            "member_ids": [member_id for member_id, _ in places],
            "group_ids": [group_id for _, group_id in places],
        }
        rows = await self._connection.execute(_FIRST, parameters)
        return {(row.member_id, row.group_id): row.occurred_at for row in rows}
