"""Who must attend a training, and did, in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select, text, update
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Session
from chassis.paging import Page, PageRequest, fetch_page
from risk.adapters.training_tables import training_attendances
from risk.domain.rota_errors import NotEnrolled
from risk.domain.training import Attendance

_ENROL = text("""
    insert into training_attendances (tenant_id, session_id, staff_id, name, score_percent, tries, passed)
    select :tenant_id, :session_id, staff_id, name, 0, 0, :passed
    from unnest(cast(:staff_ids as text[]), cast(:names as text[])) as it (staff_id, name)
    on conflict do nothing
""")
_CHANGING = ("attended_at", "score_percent", "tries", "passed", "completed_at")
_KEY = ["tenant_id", "session_id", "staff_id"]


class SqlAttendances:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def enrol(self, session_id: UUID, names: Mapping[str, str], passed: bool) -> None:
        parameters = {
            "tenant_id": self._tenant_id,
            "session_id": session_id,
            "passed": passed,
            "staff_ids": list(names),
            "names": list(names.values()),
        }
        await self._connection.execute(_ENROL, parameters)

    async def hold(self, session_id: UUID, staff_ids: Collection[str]) -> Sequence[Attendance]:
        query = self._attendances().where(
            training_attendances.c.session_id == session_id, training_attendances.c.staff_id.in_(staff_ids)
        )
        query = query.order_by(training_attendances.c.staff_id).with_for_update()
        held = [_to_attendance(row) for row in await self._connection.execute(query)]
        if missing := set(staff_ids) - {it.staff_id for it in held}:
            raise NotEnrolled(f"{min(missing)} need not attend this session: enrol them first")
        return held

    async def save(self, attendances: Sequence[Attendance]) -> None:
        saving = insert(training_attendances)
        saving = saving.on_conflict_do_update(
            index_elements=_KEY, set_={name: saving.excluded[name] for name in _CHANGING}
        )
        rows = [asdict(it) | {"tenant_id": self._tenant_id} for it in attendances]
        await self._connection.execute(saving, rows)

    async def unfinished(self, session_ids: Collection[UUID]) -> Sequence[Attendance]:
        query = self._attendances().where(
            training_attendances.c.session_id.in_(session_ids), training_attendances.c.completed_at.is_(None)
        )
        query = query.order_by(training_attendances.c.session_id, training_attendances.c.staff_id)
        return [_to_attendance(row) for row in await self._connection.execute(query)]

    async def mark_overdue(self, session_ids: Collection[UUID], now: datetime) -> Sequence[Attendance]:
        marking = (
            update(training_attendances)
            .where(
                training_attendances.c.tenant_id == self._tenant_id,
                training_attendances.c.session_id.in_(session_ids),
                training_attendances.c.completed_at.is_(None),
                training_attendances.c.overdue_at.is_(None),
            )
            .values(overdue_at=now)
            .returning(*training_attendances.c)
        )
        return [_to_attendance(row) for row in await self._connection.execute(marking)]

    async def page(self, request: PageRequest, session_id: UUID | None, overdue: bool) -> Page[Attendance]:
        matching = self._attendances()
        if session_id is not None:
            matching = matching.where(training_attendances.c.session_id == session_id)
        if overdue:
            matching = matching.where(
                training_attendances.c.overdue_at.is_not(None), training_attendances.c.completed_at.is_(None)
            )
        order = training_attendances.c.session_id, training_attendances.c.staff_id
        return await fetch_page(self._connection, matching, order, request, _to_attendance)

    def _attendances(self) -> Select[Any]:
        return select(training_attendances).where(training_attendances.c.tenant_id == self._tenant_id)


def _to_attendance(row: Row[Any]) -> Attendance:
    return Attendance(
        session_id=row.session_id,
        staff_id=row.staff_id,
        name=row.name,
        attended_at=row.attended_at,
        score_percent=row.score_percent,
        tries=row.tries,
        passed=row.passed,
        completed_at=row.completed_at,
        overdue_at=row.overdue_at,
    )
