"""Somebody takes care of an opinion incident."""

from datetime import datetime
from uuid import UUID

from risk.application.held_incident import held_incident
from risk.application.ports import UnitOfWork
from risk.domain.events import OpinionIncidentAcknowledged
from risk.domain.opinion_incident import Incident, IncidentStepKind, incident_step


async def acknowledge_incident(uow: UnitOfWork, incident_id: UUID, by: str, now: datetime) -> Incident:
    """The first to do so; again changes nothing. Raises IncidentNotFound, IncidentClosed."""
    was = await held_incident(uow, incident_id)
    incident = was.acknowledge(by, now)
    if incident is was:
        return was
    await uow.opinion_incidents.save([incident])
    await uow.opinion_incidents.record([incident_step(IncidentStepKind.ACKNOWLEDGED, incident, now, by)])
    await uow.publish(OpinionIncidentAcknowledged(incident), at=now)
    return incident
