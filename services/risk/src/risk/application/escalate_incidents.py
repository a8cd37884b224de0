"""Nobody acknowledged opinion incidents in time."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from risk.application.follow_incidents import await_acknowledgement
from risk.application.ports import UnitOfWork
from risk.domain.events import OpinionIncidentEscalated
from risk.domain.opinion_incident import EscalationReason, IncidentStepKind, incident_step


async def escalate_incidents(uow: UnitOfWork, incident_ids: Collection[UUID], now: datetime) -> None:
    """Those of these that still wait; what was acknowledged or closed meanwhile stays as it is."""
    policy = await uow.opinion_policies.current()
    escalated = [
        after
        for it in await uow.opinion_incidents.hold(incident_ids)
        if (after := it.escalate(policy, now)) is not it
    ]
    await uow.opinion_incidents.save(escalated)
    await uow.opinion_incidents.record(
        [incident_step(IncidentStepKind.ESCALATED, it, now) for it in escalated]
    )
    await await_acknowledgement(uow, escalated)
    await uow.publish(
        *(OpinionIncidentEscalated(it, EscalationReason.UNACKNOWLEDGED) for it in escalated), at=now
    )
