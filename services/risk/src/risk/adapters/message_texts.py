"""Masked texts of messages in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text

from chassis.database import Session
from risk.adapters.findings import findings_of
from risk.domain.decision import Decided
from risk.domain.replay import KeptText
from risk.domain.screening import storable
from risk.domain.verdict import Verdict

_ADD = text("""
    insert into message_texts (tenant_id, decided_at, activity_id, member_id, group_id, masked_text)
    select :tenant_id, :decided_at, message.*
    from unnest(cast(:activity_ids as uuid[]), cast(:member_ids as uuid[]), cast(:group_ids as uuid[]),
                cast(:texts as text[])) as message
""")
_NEWEST = text("""
    select kept.activity_id, kept.masked_text, decisions.verdict, decisions.findings,
           decisions.probability
    from (
        select activity_id, decided_at, masked_text from message_texts
        where tenant_id = :tenant_id and decided_at > :since
        order by decided_at desc, activity_id desc
        limit :most
    ) kept
    join decisions on decisions.tenant_id = :tenant_id and decisions.activity_id = kept.activity_id
    order by kept.decided_at desc, kept.activity_id desc
""")
_FORGET = text("""
    delete from message_texts
    where tenant_id = :tenant_id and (decided_at, activity_id) in (
        select decided_at, activity_id from message_texts
        where tenant_id = :tenant_id and decided_at <= :before
        order by decided_at
        limit :most
    )
""")


class SqlMessageTexts:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def add(self, decided: Sequence[Decided]) -> None:
        if not decided:
            return
        messages = [it.message for it in decided]
        parameters = {
            "tenant_id": self._tenant_id,
            "decided_at": decided[0].decision.decided_at,
            "activity_ids": [message.activity_id for message in messages],
            "member_ids": [message.member_id for message in messages],
            "group_ids": [message.group_id for message in messages],
            "texts": [it.decision.screening.masked_text or storable(it.message.text) for it in decided],
        }
        await self._connection.execute(_ADD, parameters)

    async def newest(self, since: datetime, most: int) -> Sequence[KeptText]:
        parameters = {"tenant_id": self._tenant_id, "since": since, "most": most}
        return [
            KeptText(
                row.activity_id,
                row.masked_text,
                Verdict(row.verdict),
                findings_of(row.findings),
                row.probability,
            )
            for row in await self._connection.execute(_NEWEST, parameters)
        ]

    async def forget(self, before: datetime, most: int) -> int:
        parameters = {"tenant_id": self._tenant_id, "before": before, "most": most}
        return (await self._connection.execute(_FORGET, parameters)).rowcount
