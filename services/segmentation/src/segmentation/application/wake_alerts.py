"""Bring alerts back into sight whose sleep is over."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from segmentation.application.ports import UnitOfWork
from segmentation.domain.events import AlertUpdated


async def wake_alerts(uow: UnitOfWork, ids: Sequence[UUID], now: datetime) -> None:
    """Those closed, or acknowledged meanwhile, stay as they are."""
    woken = [alert.wake(now) for alert in await uow.alerts.held(ids) if alert.wake(now) != alert]
    await uow.alerts.save(woken)
    await uow.publish(*map(AlertUpdated, woken), at=now)
