"""A step of an emergency plan was carried out."""

from datetime import datetime
from uuid import UUID

from risk.application.held_incident import held_incident
from risk.application.ports import UnitOfWork
from risk.domain.opinion_incident import Incident, IncidentStepKind, incident_step


async def complete_plan_step(
    uow: UnitOfWork, incident_id: UUID, number: int, by: str, note: str, now: datetime
) -> Incident:
    """A done one stays as it is. Raises IncidentNotFound, PlanStepNotFound, IncidentClosed."""
    was = await held_incident(uow, incident_id)
    incident = was.complete(number, by, now)
    if incident is was:
        return was
    text = incident.plan[number - 1].text
    step = incident_step(IncidentStepKind.TASK_DONE, incident, now, by, f"{text}\n{note}" if note else text)
    await uow.opinion_incidents.save([incident])
    await uow.opinion_incidents.record([step])
    return incident
