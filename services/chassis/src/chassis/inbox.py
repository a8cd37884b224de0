"""Which messages a consumer has taken already, recorded with their effect in one transaction."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_CLAIM = text("""
    insert into inbox (tenant_id, consumer, event_id)
    select :tenant_id, :consumer, event_id
    from (select distinct unnest(cast(:ids as text[])) as event_id order by 1) fresh
    on conflict do nothing
    returning event_id
""")


class Inbox:
    def __init__(self, connection: AsyncConnection, tenant_id: UUID) -> None:
        self._connection, self._tenant_id = connection, tenant_id

    async def claim(self, consumer: str, ids: Sequence[str]) -> set[str]:
        """Take these messages for the consumer; returns the fresh ones.

        Waits for a transaction that is claiming one of them right now: if it commits, that one is not fresh.
        """
        parameters = {"tenant_id": self._tenant_id, "consumer": consumer, "ids": list(ids)}
        return set((await self._connection.execute(_CLAIM, parameters)).scalars())
