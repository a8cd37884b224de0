"""Counts of opinion and what is usual, in PostgreSQL."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Session
from risk.adapters.opinion_tables import opinion_baselines, opinion_counts, opinion_watches
from risk.application.opinion_ports import Said
from risk.domain.opinion_baseline import HourBaseline, Past
from risk.domain.opinion_counts import EVERYWHERE, Bucket, Counts
from risk.domain.opinion_watch import ScopePast, Watch

_ADD = text("""
    insert into opinion_counts as counted (tenant_id, scope_id, bucket_at, messages, negatives, complaints)
    select :tenant_id, it.*
    from unnest(cast(:scopes as uuid[]), cast(:ats as timestamptz[]), cast(:messages as integer[]),
                cast(:negatives as integer[]), cast(:complaints as integer[])) as it
    on conflict (tenant_id, bucket_at, scope_id) do update
    set messages = counted.messages + excluded.messages,
        negatives = counted.negatives + excluded.negatives,
        complaints = counted.complaints + excluded.complaints
""")
_BUSY = text("""
    select scope_id, bucket_at, messages, negatives, complaints
    from (
        select *, sum(messages) over scope as all_messages, sum(complaints) over scope as all_complaints
        from opinion_counts
        where tenant_id = :tenant_id and bucket_at >= :since and bucket_at < :until
        window scope as (partition by scope_id)
    ) counted
    where all_messages >= :messages or all_complaints >= :complaints
    order by scope_id, bucket_at
""")
_HOURS = text("""
    select scope_id, date_trunc('hour', bucket_at, 'UTC') as hour,
           sum(messages) as messages, sum(negatives) as negatives, sum(complaints) as complaints
    from opinion_counts
    where tenant_id = :tenant_id and bucket_at >= :since and bucket_at < :until
    group by scope_id, hour
""")
_NEWEST_TEXTS = text("""
    select scope_id, activity_id, member_id, masked_text
    from (
        select scope.id as scope_id, said.activity_id, said.member_id, said.masked_text,
               row_number() over (partition by scope.id order by said.decided_at desc, said.activity_id desc)
                   as place
        from message_texts said
             cross join lateral (values (said.group_id), (cast(:everywhere as uuid))) as scope (id)
        where said.tenant_id = :tenant_id and said.decided_at > :since
              and scope.id = any(cast(:scopes as uuid[]))
    ) newest
    where place <= :most
    order by scope_id, place
""")
_SAVE = text("""
    insert into opinion_baselines (tenant_id, scope_id, hour, hours, messages, negatives, complaints)
    select :tenant_id, it.*
    from unnest(cast(:scopes as uuid[]), cast(:hours as smallint[]), cast(:weights as float[]),
                cast(:messages as float[]), cast(:negatives as float[]), cast(:complaints as float[])) as it
    on conflict (tenant_id, scope_id, hour) do update
    set hours = excluded.hours, messages = excluded.messages, negatives = excluded.negatives,
        complaints = excluded.complaints
""")


class SqlOpinions:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def add(self, buckets: Sequence[Bucket]) -> None:
        if not buckets:
            return
        parameters = {
            "tenant_id": self._tenant_id,
            "scopes": [it.scope_id for it in buckets],
            "ats": [it.at for it in buckets],
            "messages": [int(it.counts.messages) for it in buckets],
            "negatives": [int(it.counts.negatives) for it in buckets],
            "complaints": [int(it.counts.complaints) for it in buckets],
        }
        await self._connection.execute(_ADD, parameters)

    async def hold_watch(self, now: datetime) -> Watch:
        row = asdict(Watch.begin(now)) | {"tenant_id": self._tenant_id}
        await self._connection.execute(insert(opinion_watches).values(row).on_conflict_do_nothing())
        query = select(opinion_watches).where(opinion_watches.c.tenant_id == self._tenant_id)
        held = (await self._connection.execute(query.with_for_update())).one()
        return Watch(held.since, held.learnt_until, held.judged_until)

    async def save_watch(self, watch: Watch) -> None:
        saving = update(opinion_watches).where(opinion_watches.c.tenant_id == self._tenant_id)
        moments = {"learnt_until": watch.learnt_until, "judged_until": watch.judged_until}
        await self._connection.execute(saving.values(moments))

    async def busy(
        self, since: datetime, until: datetime, messages: int, complaints: int
    ) -> Sequence[Bucket]:
        parameters = {
            "tenant_id": self._tenant_id,
            "since": since,
            "until": until,
            "messages": messages,
            "complaints": complaints,
        }
        return [_to_bucket(row) for row in await self._connection.execute(_BUSY, parameters)]

    async def buckets(self, scope_id: UUID, since: datetime, until: datetime) -> Sequence[Bucket]:
        query = (
            select(opinion_counts)
            .where(
                opinion_counts.c.tenant_id == self._tenant_id,
                opinion_counts.c.scope_id == scope_id,
                opinion_counts.c.bucket_at >= since,
                opinion_counts.c.bucket_at < until,
            )
            .order_by(opinion_counts.c.bucket_at)
        )
        return [_to_bucket(row) for row in await self._connection.execute(query)]

    async def hours(self, since: datetime, until: datetime) -> Mapping[tuple[UUID, datetime], Counts]:
        parameters = {"tenant_id": self._tenant_id, "since": since, "until": until}
        rows = await self._connection.execute(_HOURS, parameters)
        return {(row.scope_id, row.hour): _to_counts(row) for row in rows}

    async def hour_baselines(self, hours: Collection[int]) -> Sequence[HourBaseline]:
        query = select(opinion_baselines).where(
            opinion_baselines.c.tenant_id == self._tenant_id, opinion_baselines.c.hour.in_(hours)
        )
        rows = await self._connection.execute(query)
        return [HourBaseline(row.scope_id, row.hour, _to_past(row)) for row in rows]

    async def past(self, scope_ids: Collection[UUID], hours: Collection[int]) -> Mapping[UUID, ScopePast]:
        of_scopes = (
            opinion_baselines.c.tenant_id == self._tenant_id,
            opinion_baselines.c.scope_id.in_(scope_ids),
        )
        names = "hours", "messages", "negatives", "complaints"
        sums = (func.sum(opinion_baselines.c[name]).label(name) for name in names)
        summed = select(opinion_baselines.c.scope_id, *sums).where(*of_scopes)
        at_hours = select(opinion_baselines).where(*of_scopes, opinion_baselines.c.hour.in_(hours))
        by_hour: defaultdict[UUID, dict[int, Past]] = defaultdict(dict)
        for row in await self._connection.execute(at_hours):
            by_hour[row.scope_id][row.hour] = _to_past(row)
        rows = await self._connection.execute(summed.group_by(opinion_baselines.c.scope_id))
        return {row.scope_id: ScopePast(_to_past(row), by_hour[row.scope_id]) for row in rows}

    async def save_baselines(self, baselines: Sequence[HourBaseline]) -> None:
        parameters = {
            "tenant_id": self._tenant_id,
            "scopes": [it.scope_id for it in baselines],
            "hours": [it.hour for it in baselines],
            "weights": [it.past.hours for it in baselines],
            "messages": [it.past.counts.messages for it in baselines],
            "negatives": [it.past.counts.negatives for it in baselines],
            "complaints": [it.past.counts.complaints for it in baselines],
        }
        await self._connection.execute(_SAVE, parameters)

    async def forget(self, before: datetime) -> None:
        old = opinion_counts.c.bucket_at < before
        await self._connection.execute(
            opinion_counts.delete().where(opinion_counts.c.tenant_id == self._tenant_id, old)
        )

    async def newest_texts(
        self, scope_ids: Collection[UUID], since: datetime, most: int
    ) -> Mapping[UUID, Sequence[Said]]:
        parameters = {
            "tenant_id": self._tenant_id,
            "scopes": list(scope_ids),
            "everywhere": EVERYWHERE,
            "since": since,
            "most": most,
        }
        found: defaultdict[UUID, list[Said]] = defaultdict(list)
        for row in await self._connection.execute(_NEWEST_TEXTS, parameters):
            found[row.scope_id].append(Said(row.activity_id, row.member_id, row.masked_text))
        return found


def _to_counts(row: Row[Any]) -> Counts:
    return Counts(row.messages, row.negatives, row.complaints)


def _to_bucket(row: Row[Any]) -> Bucket:
    return Bucket(row.scope_id, row.bucket_at, _to_counts(row))


def _to_past(row: Row[Any]) -> Past:
    return Past(row.hours, _to_counts(row))
