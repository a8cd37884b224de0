"""Delivered posts in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from chassis.database import Session

_ADD = text("""
    insert into deliveries (tenant_id, post_id, group_id, delivered_at)
    select :tenant_id, delivered.*
    from unnest(cast(:post_ids as uuid[]), cast(:group_ids as uuid[]), cast(:delivered_at as timestamptz[]))
         as delivered (post_id, group_id)
    order by group_id, post_id
    on conflict do nothing
""")


class SqlDeliveries:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def add(
        self, post_ids: Sequence[UUID], group_ids: Sequence[UUID], delivered_at: Sequence[datetime]
    ) -> None:
        parameters = {
            "tenant_id": self._tenant_id,
            "post_ids": list(post_ids),
            "group_ids": list(group_ids),
            "delivered_at": list(delivered_at),
        }
        await self._connection.execute(_ADD, parameters)
