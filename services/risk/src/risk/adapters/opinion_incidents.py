"""Opinion incidents with their timeline and samples, in PostgreSQL."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, bindparam, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Session
from chassis.paging import Page, PageRequest, fetch_page
from risk.adapters.opinion_tables import opinion_incident_steps, opinion_incidents, opinion_samples
from risk.domain.opinion_counts import Counts
from risk.domain.opinion_detection import Deviation, Signal
from risk.domain.opinion_incident import (
    Incident,
    IncidentStatus,
    IncidentStep,
    IncidentStepKind,
    Review,
    Sample,
)
from risk.domain.opinion_plan import OwnerRole, PlanStep, Severity

_NOT_CLOSED = opinion_incidents.c.status < IncidentStatus.CLOSED.value
_SAVE = update(opinion_incidents).where(
    opinion_incidents.c.tenant_id == bindparam("of_tenant"), opinion_incidents.c.id == bindparam("of_id")
)


class SqlOpinionIncidents:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def add(self, incidents: Sequence[Incident]) -> set[UUID]:
        if not incidents:
            return set()
        rows = [_to_row(it) | {"tenant_id": self._tenant_id} for it in incidents]
        adding = insert(opinion_incidents).on_conflict_do_nothing().returning(opinion_incidents.c.id)
        return set((await self._connection.execute(adding, rows)).scalars())

    async def hold_open(self) -> Sequence[Incident]:
        return await self._held(self._incidents().where(_NOT_CLOSED))

    async def hold(self, ids: Collection[UUID]) -> Sequence[Incident]:
        return await self._held(self._incidents().where(opinion_incidents.c.id.in_(ids)))

    async def save(self, incidents: Sequence[Incident]) -> None:
        if incidents:
            rows = [_to_row(it) | {"of_tenant": self._tenant_id, "of_id": it.id} for it in incidents]
            await self._connection.execute(_SAVE, rows)

    async def lasting(self, since: datetime, until: datetime) -> Sequence[Incident]:
        ended = opinion_incidents.c.closed_at
        query = self._incidents().where(
            opinion_incidents.c.opened_at < until, or_(ended.is_(None), ended > since)
        )
        ordered = query.order_by(opinion_incidents.c.opened_at, opinion_incidents.c.id)
        return [_to_incident(row) for row in await self._connection.execute(ordered)]

    async def many(self, ids: Collection[UUID]) -> Sequence[Incident]:
        query = self._incidents().where(opinion_incidents.c.id.in_(ids))
        return [_to_incident(row) for row in await self._connection.execute(query)]

    async def page(
        self, request: PageRequest, statuses: Collection[IncidentStatus], scope_id: UUID | None
    ) -> Page[Incident]:
        matching = self._incidents()
        if statuses:
            matching = matching.where(opinion_incidents.c.status.in_([it.value for it in statuses]))
        if scope_id is not None:
            matching = matching.where(opinion_incidents.c.scope_id == scope_id)
        order = opinion_incidents.c.opened_at, opinion_incidents.c.id
        return await fetch_page(self._connection, matching, order, request, _to_incident, descending=True)

    async def record(self, steps: Sequence[IncidentStep]) -> None:
        if steps:
            rows = [asdict(step) | {"tenant_id": self._tenant_id} for step in steps]
            await self._connection.execute(insert(opinion_incident_steps), rows)

    async def steps(self, ids: Collection[UUID]) -> Mapping[UUID, Sequence[IncidentStep]]:
        table = opinion_incident_steps
        query = select(table).where(table.c.tenant_id == self._tenant_id, table.c.incident_id.in_(ids))
        found: defaultdict[UUID, list[IncidentStep]] = defaultdict(list)
        for row in await self._connection.execute(query.order_by(table.c.incident_id, table.c.number)):
            kind, severity = IncidentStepKind(row.kind), Severity(row.severity)
            step = IncidentStep(row.incident_id, row.number, kind, row.at, row.by, severity, row.text)
            found[row.incident_id].append(step)
        return found

    async def add_samples(self, samples: Sequence[Sample]) -> None:
        if samples:
            rows = [asdict(sample) | {"tenant_id": self._tenant_id} for sample in samples]
            await self._connection.execute(insert(opinion_samples).on_conflict_do_nothing(), rows)

    async def samples(self, ids: Collection[UUID]) -> Mapping[UUID, Sequence[Sample]]:
        table = opinion_samples
        query = select(table).where(table.c.tenant_id == self._tenant_id, table.c.incident_id.in_(ids))
        found: defaultdict[UUID, list[Sample]] = defaultdict(list)
        for row in await self._connection.execute(
            query.order_by(table.c.negative.desc(), table.c.activity_id)
        ):
            sample = Sample(row.incident_id, row.activity_id, row.member_id, row.masked_text, row.negative)
            found[row.incident_id].append(sample)
        return found

    async def _held(self, query: Select[Any]) -> Sequence[Incident]:
        held = query.order_by(opinion_incidents.c.id).with_for_update()
        return [_to_incident(row) for row in await self._connection.execute(held)]

    def _incidents(self) -> Select[Any]:
        return select(opinion_incidents).where(opinion_incidents.c.tenant_id == self._tenant_id)


def _to_row(incident: Incident) -> dict[str, Any]:
    worst, review = incident.worst, incident.review
    return {
        "id": incident.id,
        "scope_id": incident.scope_id,
        "severity": incident.severity.value,
        "status": incident.status.value,
        "opened_at": incident.opened_at,
        "unusual_at": incident.unusual_at,
        "signal": worst.signal.value,
        "surprise": worst.surprise,
        "size": int(worst.size),
        "messages": int(worst.seen.messages),
        "negatives": int(worst.seen.negatives),
        "complaints": int(worst.seen.complaints),
        "expected": worst.expected,
        "plan": [_step_to_row(step) for step in incident.plan],
        "acknowledge_by": incident.acknowledge_by,
        "escalations": incident.escalations,
        "acknowledged_at": incident.acknowledged_at,
        "acknowledged_by": incident.acknowledged_by,
        "closed_at": incident.closed_at,
        "closed_by": incident.closed_by,
        "cause": review and review.cause,
        "measures": review and review.measures,
        "version": incident.version,
    }


def _to_incident(row: Row[Any]) -> Incident:
    seen = Counts(row.messages, row.negatives, row.complaints)
    return Incident(
        id=row.id,
        scope_id=row.scope_id,
        severity=Severity(row.severity),
        status=IncidentStatus(row.status),
        opened_at=row.opened_at,
        unusual_at=row.unusual_at,
        worst=Deviation(Signal(row.signal), row.surprise, row.size, seen, row.expected),
        plan=tuple(_step_of(number, step) for number, step in enumerate(row.plan, 1)),
        acknowledge_by=row.acknowledge_by,
        escalations=row.escalations,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        review=None if row.cause is None else Review(row.cause, row.measures),
        version=row.version,
    )


def _step_to_row(step: PlanStep) -> list[Any]:
    done_at = step.done_at and step.done_at.isoformat()
    return [step.role.value, step.text, step.due_at.isoformat(), done_at, step.done_by]


def _step_of(number: int, row: Sequence[Any]) -> PlanStep:
    role, text, due_at, done_at, done_by = row
    done = done_at and datetime.fromisoformat(done_at)
    return PlanStep(number, OwnerRole(role), text, datetime.fromisoformat(due_at), done, done_by)
