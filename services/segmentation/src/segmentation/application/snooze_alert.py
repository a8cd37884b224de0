"""Put an alert out of sight for a while."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from segmentation.application.change_alert import change_alert
from segmentation.application.ports import UnitOfWork
from segmentation.domain.alerts import Alert

ALERT_WAKES = "alert-wakes"


@dataclass(frozen=True, slots=True)
class SnoozeAlert:
    alert_id: UUID
    until: datetime


async def snooze_alert(uow: UnitOfWork, command: SnoozeAlert, now: datetime) -> Alert:
    """Raises AlertNotFound, InvalidSnooze, AlertAlreadyClosed, AlertAlreadySnoozed."""
    alert = await change_alert(uow, command.alert_id, lambda alert: alert.snooze(command.until, now), now)
    await uow.timers.schedule(ALERT_WAKES, str(alert.id), command.until)
    return alert
