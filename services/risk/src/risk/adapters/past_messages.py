"""Past messages with what was decided about them, in PostgreSQL."""

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from chassis.database import Session
from risk.adapters.findings import findings_of
from risk.domain.past_message import PastMessage
from risk.domain.verdict import Verdict

_PORTION = 1_000
_NEWEST = text("""
    select decisions.activity_id, decisions.member_id, decisions.group_id, decisions.occurred_at,
           decisions.decided_at, decisions.verdict, decisions.findings, decisions.probability,
           decisions.fingerprint, decisions.flexible_rule,
           coalesce(kept.masked_text, decisions.masked_text) as masked_text
    from decisions
    left join message_texts kept
      on kept.tenant_id = :tenant_id and kept.decided_at = decisions.decided_at
     and kept.activity_id = decisions.activity_id
    where decisions.tenant_id = :tenant_id and decisions.decided_at >= :since
      and (cast(:group_id as uuid) is null or decisions.group_id = :group_id)
    order by decisions.decided_at desc, decisions.activity_id desc
    limit :most
""")


class SqlPastMessages:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def newest(
        self, since: datetime, group_id: UUID | None, most: int
    ) -> AsyncGenerator[Sequence[PastMessage], None]:
        parameters = {"tenant_id": self._tenant_id, "since": since, "group_id": group_id, "most": most}
        async with self._connection.stream(_NEWEST, parameters) as rows:
            async for portion in rows.partitions(_PORTION):
                yield [
                    PastMessage(
                        row.activity_id,
                        row.member_id,
                        row.group_id,
                        row.occurred_at,
                        row.decided_at,
                        Verdict(row.verdict),
                        findings_of(row.findings),
                        row.probability,
                        row.fingerprint,
                        row.flexible_rule or "",
                        row.masked_text,
                    )
                    for row in portion
                ]
