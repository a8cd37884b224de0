"""An incident that nobody else changes until the transaction ends."""

from uuid import UUID

from risk.application.ports import UnitOfWork
from risk.domain.errors import IncidentNotFound
from risk.domain.opinion_incident import Incident


async def held_incident(uow: UnitOfWork, incident_id: UUID) -> Incident:
    """Raises IncidentNotFound."""
    held = await uow.opinion_incidents.hold([incident_id])
    if not held:
        raise IncidentNotFound(f"There is no opinion incident {incident_id}")
    return held[0]
