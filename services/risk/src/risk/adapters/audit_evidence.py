"""What audits look at, in PostgreSQL: the tables of all areas, and who read how much of them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import text

from chassis.database import Session
from risk.domain.audit import Reads

_EDITED_AT = text("select max(edited_at) from lexicon_edits where tenant_id = :tenant_id")
_CASES = text("""
    select count(*) as open, count(*) filter (where due_at < :now) as overdue,
           min(due_at) filter (where due_at < :now) as oldest
    from cases where tenant_id = :tenant_id and status <> 3
""")
# The newest of each table, by an index of it.
_TEXTS: Mapping[str, str] = {
    "decisions": "select masked_text from decisions where tenant_id = :tenant_id and verdict > 1 "
    "order by decided_at desc, activity_id desc limit :most",
    "message_texts": "select masked_text from message_texts where tenant_id = :tenant_id "
    "order by decided_at desc, activity_id desc limit :most",
    "violations": "select masked_text || ' ' || appeal_reason from violations where tenant_id = :tenant_id "
    "order by opened_at desc, id desc limit :most",
    "cases": "select masked_text from cases where tenant_id = :tenant_id "
    "order by queued_as_of desc, id desc limit :most",
    "labels": "select text from labels where tenant_id = :tenant_id "
    "order by decided_at desc, case_id desc limit :most",
}
_RETURNED = text("""
    select userid from staff
    where tenant_id = :tenant_id and left_at is not null and (
        exists (
            select from case_steps
            where tenant_id = :tenant_id and by = staff.userid
              and at > greatest(staff.left_at, cast(:since as timestamptz))
        ) or exists (
            select from data_reads
            where tenant_id = :tenant_id and subject = staff.userid
              and day > cast(greatest(staff.left_at, cast(:since as timestamptz)) at time zone 'UTC' as date)
        )
    )
    order by userid
""")
_READS = text("""
    select subject, max(rows) filter (where day >= :since) as busiest,
           coalesce(avg(rows) filter (where day < :since), 0) as usual
    from data_reads
    where tenant_id = :tenant_id and day >= :before
    group by subject
    having max(rows) filter (where day >= :since) is not null
    order by subject
""")
_COUNT = text("""
    insert into data_reads as it (tenant_id, subject, day, rows) values (:tenant_id, :subject, :day, :rows)
    on conflict (tenant_id, subject, day) do update set rows = it.rows + excluded.rows
""")


class SqlAuditEvidence:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._own = {"tenant_id": session.tenant_id}

    async def lexicon_edited_at(self) -> datetime | None:
        edited: datetime | None = (await self._connection.execute(_EDITED_AT, self._own)).scalar_one()
        return edited

    async def cases(self, now: datetime) -> tuple[int, int, datetime | None]:
        row = (await self._connection.execute(_CASES, self._own | {"now": now})).one()
        return row.open, row.overdue, row.oldest

    async def texts(self, most: int) -> Mapping[str, Sequence[str]]:
        found = {}
        for table, query in _TEXTS.items():
            rows = await self._connection.execute(text(query), self._own | {"most": most})
            found[table] = [stored for stored in rows.scalars() if stored]
        return found

    async def returned(self, since: datetime) -> Sequence[str]:
        return (await self._connection.execute(_RETURNED, self._own | {"since": since})).scalars().all()

    async def reads(self, since: datetime, before: datetime) -> Sequence[Reads]:
        days = {"since": since.astimezone(UTC).date(), "before": before.astimezone(UTC).date()}
        rows = await self._connection.execute(_READS, self._own | days)
        return [Reads(row.subject, row.busiest, float(row.usual)) for row in rows]

    async def count_reads(self, subject: str, rows: int, now: datetime) -> None:
        if rows:
            read = {"subject": subject, "day": now.astimezone(UTC).date(), "rows": rows}
            await self._connection.execute(_COUNT, self._own | read)
