"""An opinion incident is over, with what is learnt from it."""

from datetime import datetime
from uuid import UUID

from risk.application.held_incident import held_incident
from risk.application.ports import UnitOfWork
from risk.domain.events import OpinionIncidentClosed
from risk.domain.opinion_incident import (
    Incident,
    IncidentStatus,
    IncidentStepKind,
    Review,
    incident_step,
)


async def close_incident(
    uow: UnitOfWork, incident_id: UUID, by: str, review: Review, now: datetime
) -> Incident:
    """One that closed itself gets its review. Raises IncidentNotFound, IncidentClosed."""
    was = await held_incident(uow, incident_id)
    incident = was.close(by, review, now)
    if incident is was:
        return was
    await uow.opinion_incidents.save([incident])
    closes = was.status is not IncidentStatus.CLOSED
    kind = IncidentStepKind.CLOSED if closes else IncidentStepKind.REVIEWED
    step = incident_step(kind, incident, now, by, f"{review.cause}\n{review.measures}")
    await uow.opinion_incidents.record([step])
    if closes:
        await uow.publish(OpinionIncidentClosed(incident), at=now)
    return incident
