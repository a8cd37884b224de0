"""Opinion incidents with their timeline and samples."""

from collections.abc import Sequence
from dataclasses import dataclass

from risk.application.ports import UnitOfWork
from risk.domain.opinion_incident import Incident, IncidentStep, Sample


@dataclass(frozen=True, slots=True)
class IncidentFile:
    """All there is about an incident."""

    incident: Incident
    steps: Sequence[IncidentStep]
    samples: Sequence[Sample]


async def read_incidents(uow: UnitOfWork, incidents: Sequence[Incident]) -> list[IncidentFile]:
    """In the order given."""
    ids = [incident.id for incident in incidents]
    steps = await uow.opinion_incidents.steps(ids)
    samples = await uow.opinion_incidents.samples(ids)
    return [IncidentFile(it, steps.get(it.id, ()), samples.get(it.id, ())) for it in incidents]
