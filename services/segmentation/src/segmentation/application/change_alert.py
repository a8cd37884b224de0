"""What a person, or the end of a sleep, does to an alert, and the telling of it."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from segmentation.application.ports import UnitOfWork
from segmentation.domain.alerts import Alert
from segmentation.domain.errors import AlertNotFound
from segmentation.domain.events import AlertUpdated


async def change_alert(
    uow: UnitOfWork, alert_id: UUID, change: Callable[[Alert], Alert], now: datetime
) -> Alert:
    """Saved and published if it changed anything. Raises AlertNotFound."""
    held = await uow.alerts.held([alert_id])
    if not held:
        raise AlertNotFound("No alert has this id; list the alerts to find it.")
    [alert] = held
    changed = change(alert)
    if changed != alert:
        await uow.alerts.save([changed])
        await uow.publish(AlertUpdated(changed), at=now)
    return changed
