"""Response times of violations in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chassis.database import Session
from risk.application.label_ports import Period
from risk.domain.response_times import (
    Responder,
    ResponseComparison,
    ResponseGrain,
    ResponsePoint,
    ResponseTimes,
)

# Who handled what, with the seconds it took.
_HANDLED = """
    select violations.opened_at, violations.group_id,
           case cast(:by as integer)
               when 1 then '' when 2 then cast(violations.group_id as text) else confirmed_by
           end as responder,
           extract(epoch from violations.handled_at - violations.opened_at) as seconds
    from violations
    left join moderator_tasks on moderator_tasks.tenant_id = :tenant_id and violation_id = violations.id
    where violations.tenant_id = :tenant_id
      and violations.opened_at >= :from_at and violations.opened_at < :until_at
      and (:by <> 3 or confirmed_by <> '')
"""
_FIGURES = """
    count(*) as violations, count(seconds) as handled,
    percentile_cont(0.5) within group (order by seconds) as median_seconds,
    percentile_cont(0.9) within group (order by seconds) as p90_seconds
"""
_SERIES = text(f"""
    select cast(date_trunc(:grain, opened_at at time zone :zone) as date) as start, responder, {_FIGURES}
    from ({_HANDLED}) handled
    where cast(:group_id as uuid) is null or group_id = :group_id
    group by 1, 2
    order by 1, 2
""")  # noqa: S608 constants only
_COMPARED = text(f"""
    select responder, opened_at >= :at as is_after, {_FIGURES}
    from ({_HANDLED}) handled
    group by 1, 2
""")  # noqa: S608 constants only


class SqlResponseTimes:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def series(
        self, period: Period, grain: ResponseGrain, by: Responder, group_id: UUID | None
    ) -> Sequence[ResponsePoint]:
        parameters = self._of(period, by) | {"grain": grain.name.lower(), "group_id": group_id}
        return [
            ResponsePoint(row.start, row.responder, _times(row))
            for row in await self._connection.execute(_SERIES, parameters)
        ]

    async def compared(self, period: Period, at: datetime, by: Responder) -> Sequence[ResponseComparison]:
        rows = (await self._connection.execute(_COMPARED, self._of(period, by) | {"at": at})).all()
        before = {row.responder: _times(row) for row in rows if not row.is_after}
        after = {row.responder: _times(row) for row in rows if row.is_after}
        compared = [
            ResponseComparison(it, before.get(it, ResponseTimes()), after.get(it, ResponseTimes()))
            for it in before | after
        ]
        return sorted(compared, key=lambda it: (-it.before.violations - it.after.violations, it.responder))

    def _of(self, period: Period, by: Responder) -> dict[str, Any]:
        return {"tenant_id": self._tenant_id, "by": by.value, **asdict(period)}


def _times(row: Row[Any]) -> ResponseTimes:
    return ResponseTimes(row.violations, row.handled, row.median_seconds, row.p90_seconds)
