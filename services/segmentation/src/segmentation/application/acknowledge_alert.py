"""Somebody takes care of an alert."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from segmentation.application.change_alert import change_alert
from segmentation.application.ports import UnitOfWork
from segmentation.domain.alerts import Alert


@dataclass(frozen=True, slots=True)
class AcknowledgeAlert:
    alert_id: UUID
    by: str
    note: str


async def acknowledge_alert(uow: UnitOfWork, command: AcknowledgeAlert, now: datetime) -> Alert:
    """Acknowledging again changes the note. Raises AlertNotFound, AlertAlreadyClosed."""
    return await change_alert(
        uow, command.alert_id, lambda alert: alert.acknowledge(command.by, command.note, now), now
    )
