"""Alerts in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chassis.database import Session
from chassis.paging import Page, PageRequest, page_of
from segmentation.adapters.totals import total_of
from segmentation.application.alert_ports import AlertFilter
from segmentation.domain.alerts import Alert, AlertKind, AlertStatus, Figures, Subject
from segmentation.domain.indicator_policy import IndicatorKind

# Whoever judges does so alone. Two would find the same groups ill, and open the same alerts.
_LOCK = text("select pg_advisory_xact_lock(hashtextextended('alerts/' || :tenant_id, 0))")
_STANDING = text("select * from alerts where closed_at is null order by alert_id for update")
_HELD = text("select * from alerts where alert_id = any(cast(:ids as uuid[])) order by alert_id for update")
_BY_IDS = text("select * from alerts where alert_id = any(cast(:ids as uuid[])) order by alert_id")
_OF_GROUPS = text("""
    select * from alerts where group_id = any(cast(:group_ids as uuid[])) and closed_at is null
    order by group_id, opened_at desc, alert_id desc
""")
_SAVE = text("""
    insert into alerts (tenant_id, alert_id, group_id, kind, indicator, status, numerator, denominator, value,
        healthy_from, from_date, to_date, opened_at, opened_value, acknowledged_at, acknowledged_by, note,
        snoozed_until, closed_at)
    select :tenant_id, alert.*
    from unnest(cast(:ids as uuid[]), cast(:group_ids as uuid[]), cast(:kinds as smallint[]),
        cast(:indicators as smallint[]), cast(:statuses as smallint[]), cast(:numerators as bigint[]),
        cast(:denominators as bigint[]), cast(:values as double precision[]),
        cast(:healthy_from as double precision[]), cast(:from_dates as date[]), cast(:to_dates as date[]),
        cast(:opened_at as timestamptz[]), cast(:opened_values as double precision[]),
        cast(:acknowledged_at as timestamptz[]), cast(:acknowledged_by as text[]), cast(:notes as text[]),
        cast(:snoozed_until as timestamptz[]), cast(:closed_at as timestamptz[])) as alert (alert_id)
    order by alert_id
    on conflict (tenant_id, alert_id) do update set
        status = excluded.status, numerator = excluded.numerator, denominator = excluded.denominator,
        value = excluded.value, healthy_from = excluded.healthy_from, from_date = excluded.from_date,
        to_date = excluded.to_date, acknowledged_at = excluded.acknowledged_at,
        acknowledged_by = excluded.acknowledged_by, note = excluded.note,
        snoozed_until = excluded.snoozed_until, closed_at = excluded.closed_at
""")


class SqlAlerts:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def standing(self) -> Sequence[Alert]:
        await self._connection.execute(_LOCK, {"tenant_id": str(self._tenant_id)})
        return [_alert(row) for row in await self._connection.execute(_STANDING)]

    async def held(self, ids: Sequence[UUID]) -> Sequence[Alert]:
        return [_alert(row) for row in await self._connection.execute(_HELD, {"ids": list(ids)})]

    async def by_ids(self, ids: Sequence[UUID]) -> Sequence[Alert]:
        return [_alert(row) for row in await self._connection.execute(_BY_IDS, {"ids": list(ids)})]

    async def of_groups(self, group_ids: Sequence[UUID]) -> Sequence[Alert]:
        rows = await self._connection.execute(_OF_GROUPS, {"group_ids": list(group_ids)})
        return [_alert(row) for row in rows]

    async def page(self, request: PageRequest, wanted: AlertFilter) -> Page[Alert]:
        parameters: dict[str, Any] = {}
        matches = ["closed_at is null"]
        if wanted.statuses:
            matches = ["status = any(cast(:statuses as smallint[]))"]
            parameters["statuses"] = list(wanted.statuses)
        if wanted.group_id:
            matches.append("group_id = :group_id")
            parameters["group_id"] = wanted.group_id
        if wanted.kind:
            matches.append("kind = :kind")
            parameters["kind"] = wanted.kind
        listed = f"alerts where {' and '.join(matches)}"
        total = await total_of(self._connection, request, listed, parameters)
        if request.after:
            listed += " and (opened_at, alert_id) < (:opened_at, :alert_id)"
            parameters["opened_at"], parameters["alert_id"] = request.place(datetime, UUID)
        statement = f"select * from {listed} order by opened_at desc, alert_id desc limit :limit"  # noqa: S608 constants only
        rows = await self._connection.execute(text(statement), {**parameters, "limit": request.first + 1})
        return page_of([_alert(row) for row in rows], request, _key, total)

    async def save(self, alerts: Sequence[Alert]) -> None:
        if not alerts:
            return
        parameters = {
            "tenant_id": self._tenant_id,
            "ids": [it.id for it in alerts],
            "group_ids": [it.subject.group_id for it in alerts],
            "kinds": [it.subject.kind for it in alerts],
            "indicators": [it.subject.indicator or 0 for it in alerts],
            "statuses": [it.status for it in alerts],
            "numerators": [it.figures.numerator for it in alerts],
            "denominators": [it.figures.denominator for it in alerts],
            "values": [it.figures.value for it in alerts],
            "healthy_from": [it.figures.healthy_from for it in alerts],
            "from_dates": [it.figures.from_date for it in alerts],
            "to_dates": [it.figures.to_date for it in alerts],
            "opened_at": [it.opened_at for it in alerts],
            "opened_values": [it.opened_value for it in alerts],
            "acknowledged_at": [it.acknowledged_at for it in alerts],
            "acknowledged_by": [it.acknowledged_by for it in alerts],
            "notes": [it.note for it in alerts],
            "snoozed_until": [it.snoozed_until for it in alerts],
            "closed_at": [it.closed_at for it in alerts],
        }
        await self._connection.execute(_SAVE, parameters)


def _key(alert: Alert) -> tuple[datetime, UUID]:
    return alert.opened_at, alert.id


def _alert(row: Row[Any]) -> Alert:
    indicator = IndicatorKind(row.indicator) if row.indicator else None
    return Alert(
        id=row.alert_id,
        subject=Subject(row.group_id, AlertKind(row.kind), indicator),
        status=AlertStatus(row.status),
        figures=Figures(
            row.numerator, row.denominator, row.value, row.healthy_from, row.from_date, row.to_date
        ),
        opened_at=row.opened_at,
        opened_value=row.opened_value,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by,
        note=row.note,
        snoozed_until=row.snoozed_until,
        closed_at=row.closed_at,
    )
