"""Shifts and weekly shifts in PostgreSQL."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Table, func, insert, select, text, update

from chassis.database import Session
from chassis.paging import Page, PageRequest, fetch_page
from risk.adapters.rota_tables import shift_templates, shifts
from risk.application.rota_ports import ShiftListing
from risk.domain.rota_errors import OnDutyAlready, ShiftNotFound, ShiftTemplateNotFound
from risk.domain.rota_gap import Cover
from risk.domain.rota_policy import Hours
from risk.domain.shift import Shift, WeeklyShift

_TAKE_TURN = text("select pg_advisory_xact_lock(hashtextextended('risk.rota/' || :tenant_id, 0))")
_ADD = text("""
    insert into shifts (
        tenant_id, id, group_id, staff_id, starts_at, ends_at, template_id, day, cancelled
    )
    select :tenant_id, it.*, false
    from unnest(cast(:ids as uuid[]), cast(:group_ids as uuid[]), cast(:staff_ids as text[]),
                cast(:starts as timestamptz[]), cast(:ends as timestamptz[]),
                cast(:template_ids as uuid[]), cast(:days as date[])) as it
    on conflict do nothing
    returning id
""")
_SAVE = text("""
    update shifts set staff_id = :staff_id, cancelled = cast(:cancelled as boolean)
    where tenant_id = :tenant_id and id = :id and (cast(:cancelled as boolean) or not exists (
        select from shifts other
        where other.tenant_id = :tenant_id and other.staff_id = :staff_id and other.id <> :id
          and not other.cancelled
          and tstzrange(other.starts_at, other.ends_at) && tstzrange(shifts.starts_at, shifts.ends_at)
    ))
""")
_SAVE_WEEKLY = text("""
    update shift_templates set until_day = it.until_day
    from unnest(cast(:ids as uuid[]), cast(:until_days as date[])) as it (id, until_day)
    where shift_templates.tenant_id = :tenant_id and shift_templates.id = it.id
""")
_PLANNED_UNTIL = text("""
    select id, planned.day
    from shift_templates
    cross join lateral (
        select day from shifts
        where shifts.tenant_id = :tenant_id and template_id = shift_templates.id
        order by day desc
        limit 1
    ) planned
    where shift_templates.tenant_id = :tenant_id
""")
_COVER = text("""
    with places as (
        select group_id, greatest(size, 0) as size, from_at, until_at
        from group_sizes
        cross join unnest(cast(:froms as timestamptz[]), cast(:untils as timestamptz[]))
                   as it (from_at, until_at)
        where tenant_id = :tenant_id
          and case when cast(:group_id as uuid) is null then size > 0 else group_id = :group_id end
    ), running as (
        select places.*, staff_id,
               greatest(starts_at, from_at) as starts_at, least(ends_at, until_at) as ends_at
        from places
        join shifts on shifts.tenant_id = :tenant_id and shifts.group_id = places.group_id and not cancelled
                   and ends_at > from_at and starts_at < until_at
    ), moments as (
        select group_id, size, from_at, until_at, from_at as at from places
        union select group_id, size, from_at, until_at, starts_at from running
        union select group_id, size, from_at, until_at, ends_at from running where ends_at < until_at
    ), spans as (
        select *, lead(at, 1, until_at) over (partition by group_id, from_at order by at) as ends_at
        from moments
    )
    select spans.group_id, spans.at as starts_at, spans.ends_at, spans.size,
           array_remove(array_agg(staff_id order by staff_id), null) as staff_ids
    from spans
    left join running on running.group_id = spans.group_id and running.from_at = spans.from_at
                     and running.starts_at <= spans.at and running.ends_at > spans.at
    group by spans.group_id, spans.at, spans.ends_at, spans.size
    order by spans.group_id, spans.at
""")


class SqlShifts:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def take_turn(self) -> None:
        await self._connection.execute(_TAKE_TURN, {"tenant_id": str(self._tenant_id)})

    async def add_weekly(self, weekly: WeeklyShift) -> None:
        await self._connection.execute(
            insert(shift_templates), asdict(weekly) | {"tenant_id": self._tenant_id}
        )

    async def get_weekly(self, template_id: UUID) -> WeeklyShift:
        query = self._all(shift_templates).where(shift_templates.c.id == template_id)
        row = (await self._connection.execute(query)).one_or_none()
        if row is None:
            raise ShiftTemplateNotFound(f"There is no weekly shift {template_id}")
        return _to_weekly(row)

    async def weekly(self, on: date, listing: ShiftListing) -> Sequence[WeeklyShift]:
        until = func.coalesce(shift_templates.c.until_day, date.max)
        query = self._all(shift_templates).where(*_of(shift_templates, listing), until >= on)
        order = shift_templates.c.weekday, shift_templates.c.start_minute, shift_templates.c.id
        return [_to_weekly(row) for row in await self._connection.execute(query.order_by(*order))]

    async def save_weekly(self, ended: Collection[WeeklyShift]) -> None:
        parameters = {
            "tenant_id": self._tenant_id,
            "ids": [it.id for it in ended],
            "until_days": [it.until_day for it in ended],
        }
        await self._connection.execute(_SAVE_WEEKLY, parameters)

    async def planned_until(self) -> Mapping[UUID, date]:
        rows = await self._connection.execute(_PLANNED_UNTIL, {"tenant_id": self._tenant_id})
        return {row.id: row.day for row in rows}

    async def add(self, added: Sequence[Shift]) -> Sequence[Shift]:
        if not added:
            return []
        parameters = {
            "tenant_id": self._tenant_id,
            "ids": [shift.id for shift in added],
            "group_ids": [shift.group_id for shift in added],
            "staff_ids": [shift.staff_id for shift in added],
            "starts": [shift.starts_at for shift in added],
            "ends": [shift.ends_at for shift in added],
            "template_ids": [shift.template_id for shift in added],
            "days": [shift.day for shift in added],
        }
        stored = set((await self._connection.execute(_ADD, parameters)).scalars())
        return [shift for shift in added if shift.id in stored]

    async def get(self, shift_id: UUID) -> Shift:
        query = self._all(shifts).where(shifts.c.id == shift_id)
        row = (await self._connection.execute(query)).one_or_none()
        if row is None:
            raise ShiftNotFound(f"There is no shift {shift_id}")
        return to_shift(row)

    async def save(self, shift: Shift) -> None:
        parameters = {
            "tenant_id": self._tenant_id,
            "id": shift.id,
            "staff_id": shift.staff_id,
            "cancelled": shift.cancelled,
        }
        if (await self._connection.execute(_SAVE, parameters)).rowcount != 1:
            raise OnDutyAlready(f"{shift.staff_id} is on duty elsewhere at that time")

    async def cancel_ahead(self, listing: ShiftListing, now: datetime) -> int:
        cancelling = (
            update(shifts)
            .where(*_of(shifts, listing), shifts.c.tenant_id == self._tenant_id)
            .where(shifts.c.starts_at > now, ~shifts.c.cancelled)
            .values(cancelled=True)
        )
        return (await self._connection.execute(cancelling)).rowcount

    async def page(self, request: PageRequest, within: Hours, listing: ShiftListing) -> Page[Shift]:
        matching = self._all(shifts).where(
            *_of(shifts, listing), shifts.c.starts_at < within.until_at, shifts.c.ends_at > within.from_at
        )
        order = shifts.c.starts_at, shifts.c.id
        return await fetch_page(self._connection, matching, order, request, to_shift)

    async def on_duty(self, at: datetime, listing: ShiftListing) -> Sequence[Shift]:
        running = self._all(shifts).where(
            *_of(shifts, listing), ~shifts.c.cancelled, shifts.c.starts_at <= at, shifts.c.ends_at > at
        )
        order = shifts.c.group_id, shifts.c.staff_id
        return [to_shift(row) for row in await self._connection.execute(running.order_by(*order))]

    async def cover(self, hours: Sequence[Hours], group_id: UUID | None) -> Sequence[Cover]:
        parameters = {
            "tenant_id": self._tenant_id,
            "group_id": group_id,
            "froms": [part.from_at for part in hours],
            "untils": [part.until_at for part in hours],
        }
        return [
            Cover(row.group_id, row.starts_at, row.ends_at, row.size, tuple(row.staff_ids))
            for row in await self._connection.execute(_COVER, parameters)
        ]

    def _all(self, table: Table) -> Select[Any]:
        return select(table).where(table.c.tenant_id == self._tenant_id)


def _of(table: Table, listing: ShiftListing) -> Iterator[ColumnElement[bool]]:
    if listing.group_id is not None:
        yield table.c.group_id == listing.group_id
    if listing.staff_id:
        yield table.c.staff_id == listing.staff_id
    if listing.template_id is not None:
        yield table.c.template_id == listing.template_id


def to_shift(row: Row[Any], shift_id: UUID | None = None) -> Shift:
    """`shift_id`: of a row whose own id is another one's."""
    return Shift(
        id=shift_id or row.id,
        group_id=row.group_id,
        staff_id=row.staff_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        template_id=row.template_id,
        day=row.day,
        cancelled=row.cancelled,
    )


def _to_weekly(row: Row[Any]) -> WeeklyShift:
    return WeeklyShift(
        id=row.id,
        group_id=row.group_id,
        staff_id=row.staff_id,
        weekday=row.weekday,
        start_minute=row.start_minute,
        minutes=row.minutes,
        from_day=row.from_day,
        until_day=row.until_day,
    )
