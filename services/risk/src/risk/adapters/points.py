"""The ledger of points in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, text

from chassis.database import Session
from chassis.paging import Page, PageRequest, fetch_page
from risk.adapters.rule_tables import point_entries
from risk.domain.points import PointEntry, PointReason

_BOOK = text("""
    insert into point_entries (tenant_id, activity_id, rule, reason, member_id, group_id, points, day,
                               booked_at)
    select :tenant_id, entry.*
    from unnest(cast(:activity_ids as uuid[]), cast(:rules as text[]), cast(:reasons as smallint[]),
                cast(:member_ids as uuid[]), cast(:group_ids as uuid[]), cast(:points as integer[]),
                cast(:days as date[]), cast(:booked_ats as timestamptz[])) as entry
    on conflict do nothing
    returning activity_id, rule, reason
""")


class SqlPoints:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def book(self, entries: Sequence[PointEntry]) -> Sequence[PointEntry]:
        if not entries:
            return []
        parameters = {
            "tenant_id": self._tenant_id,
            "activity_ids": [entry.activity_id for entry in entries],
            "rules": [entry.rule for entry in entries],
            "reasons": [entry.reason.value for entry in entries],
            "member_ids": [entry.member_id for entry in entries],
            "group_ids": [entry.group_id for entry in entries],
            "points": [entry.points for entry in entries],
            "days": [entry.day for entry in entries],
            "booked_ats": [entry.booked_at for entry in entries],
        }
        rows = await self._connection.execute(_BOOK, parameters)
        booked = {(row.activity_id, row.rule, row.reason) for row in rows}
        return [entry for entry in entries if (entry.activity_id, entry.rule, entry.reason.value) in booked]

    async def of_activities(
        self, activity_ids: Collection[UUID], reason: PointReason
    ) -> Sequence[PointEntry]:
        query = select(point_entries).where(
            point_entries.c.tenant_id == self._tenant_id,
            point_entries.c.activity_id.in_(activity_ids),
            point_entries.c.reason == reason.value,
        )
        return [_to_entry(row) for row in await self._connection.execute(query)]

    async def earned(
        self, member_ids: Collection[UUID], first: date, last: date
    ) -> Mapping[tuple[UUID, str, date], int]:
        key = point_entries.c.member_id, point_entries.c.rule, point_entries.c.day
        counted = (
            select(*key, func.count().label("acts"))
            .where(
                point_entries.c.tenant_id == self._tenant_id,
                point_entries.c.member_id.in_(member_ids),
                point_entries.c.day.between(first, last),
                point_entries.c.reason == PointReason.EARNED.value,
            )
            .group_by(*key)
        )
        rows = await self._connection.execute(counted)
        return {(row.member_id, row.rule, row.day): row.acts for row in rows}

    async def balances(self, member_ids: Collection[UUID]) -> Mapping[UUID, int]:
        summed = (
            select(point_entries.c.member_id, func.sum(point_entries.c.points).label("points"))
            .where(point_entries.c.tenant_id == self._tenant_id, point_entries.c.member_id.in_(member_ids))
            .group_by(point_entries.c.member_id)
        )
        return {row.member_id: row.points for row in await self._connection.execute(summed)}

    async def page(self, request: PageRequest, member_ids: Collection[UUID]) -> Page[PointEntry]:
        of = point_entries.c
        return await fetch_page(
            self._connection,
            select(point_entries).where(of.tenant_id == self._tenant_id, of.member_id.in_(member_ids)),
            (of.booked_at, of.activity_id, of.rule, of.reason),
            request,
            _to_entry,
            descending=True,
        )


def _to_entry(row: Row[Any]) -> PointEntry:
    return PointEntry(
        activity_id=row.activity_id,
        rule=row.rule,
        reason=PointReason(row.reason),
        member_id=row.member_id,
        group_id=row.group_id,
        points=row.points,
        day=row.day,
        booked_at=row.booked_at,
    )
