"""What audits look at, in PostgreSQL: the tables of all areas, and who read how much of them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from sqlalchemy import TextClause, text

from chassis.database import Session
from risk.application.audit_ports import Draw
from risk.domain.audit import Reads

_EDITED_AT = text("select max(edited_at) from lexicon_edits where tenant_id = :tenant_id")
_CASES = text("""
    select count(*) as open, count(*) filter (where due_at < :now) as overdue,
           min(due_at) filter (where due_at < :now) as oldest
    from cases where tenant_id = :tenant_id and status <> 3
""")
_SLICES, _READ = 4_096, 100_000


def _sample(table: str, id_: str, at: str, stored: str, which: str = "true") -> TextClause:
    """Of the rows of a time, each as likely as any other: those whose hashes with the seed come first.

    The time is read in slices, by an index alone and in an order that the seed gives, until so many rows were
    read: all of them, unless there are more.
    """
    return text(f"""
        select {stored} as stored
        from (
            select id, at
            from (
                select seen.*
                from (
                    select cast(:since as timestamptz) + number * width as begins,
                           cast(:since as timestamptz) + (number + 1) * width as ends
                    from generate_series(0, {_SLICES}) as number, (
                        select (cast(:until as timestamptz) - cast(:since as timestamptz)) / {_SLICES}
                    ) as of (width)
                    order by md5(cast(cast(:seed as uuid) as text) || number)
                ) slice
                cross join lateral (
                    select {id_} as id, {at} as at from {table}
                    where tenant_id = :tenant_id and {which}
                      and {at} >= slice.begins and {at} < least(slice.ends, :until)
                    order by {at}, {id_}
                ) seen
                limit :read
            ) seen
            order by md5(cast(cast(:seed as uuid) as text) || id)
            limit :most
        ) drawn
        join {table} on tenant_id = :tenant_id and {which} and {id_} = drawn.id and {at} = drawn.at
        order by md5(cast(cast(:seed as uuid) as text) || drawn.id)
    """)  # noqa: S608 only names of tables and columns


_SAMPLES: Mapping[str, TextClause] = {
    "decisions": _sample("decisions", "activity_id", "decided_at", "masked_text", "verdict > 1"),
    "message_texts": _sample("message_texts", "activity_id", "decided_at", "masked_text"),
    "violations": _sample("violations", "violations.id", "opened_at", "masked_text || ' ' || appeal_reason"),
    "cases": _sample("cases", "cases.id", "opened_at", "masked_text"),
    "labels": _sample("labels", "case_id", "decided_at", "text", "text <> ''"),
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

    async def sample(self, draw: Draw) -> Mapping[str, Sequence[str]]:
        parameters = self._own | asdict(draw) | {"read": _READ}
        return {
            table: (await self._connection.execute(query, parameters)).scalars().all()
            for table, query in _SAMPLES.items()
        }

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
