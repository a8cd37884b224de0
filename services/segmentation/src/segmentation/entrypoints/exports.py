"""Exports run beside everything else: a timer finds them work, and comes back for what was left behind."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from chassis.faults import is_transient
from chassis.files import Files
from chassis.logs import get_logger
from chassis.timers import Timer, TimerHandler
from segmentation.application.erase_member import DISCARD_FILE
from segmentation.application.ports import UnitOfWork
from segmentation.application.run_export import LEASE, Exporter
from segmentation.application.start_export import EXPORT_DUE

_BUSY = timedelta(seconds=2)

log = get_logger(__name__)


class Exports:
    """One export at a time in this process; another replica takes what comes meanwhile."""

    def __init__(self, exporter: Exporter) -> None:
        self._exporter = exporter
        self._offered: asyncio.Queue[tuple[UUID, UUID]] = asyncio.Queue(maxsize=1)
        self._busy = False

    async def run(self) -> None:
        """Until cancelled. What is interrupted is begun anew when its lease is over."""
        while True:
            tenant_id, operation_id = await self._offered.get()
            self._busy = True
            try:
                await self._exporter.run(tenant_id, operation_id)
            except Exception as error:
                level = log.warning if is_transient(error) else log.error
                level("export interrupted", operation=str(operation_id), exc_info=error)
            finally:
                self._busy = False

    async def due(self, uow: UnitOfWork, timers: Sequence[Timer], now: datetime) -> None:
        """The timer goes on until the export is finished, so that a death of this process is noticed."""
        tenant = await uow.tenant()
        again = [
            Timer(timer.kind, timer.key, now + (LEASE if self._take(tenant.id, UUID(timer.key)) else _BUSY))
            for timer in timers
        ]
        await uow.timers.schedule_many(again)

    def _take(self, tenant_id: UUID, operation_id: UUID) -> bool:
        if self._busy or self._offered.full():
            return False
        self._offered.put_nowait((tenant_id, operation_id))
        return True


def export_timers(exports: Exports, files: Files) -> dict[str, TimerHandler[UnitOfWork]]:
    async def discard(uow: UnitOfWork, timers: Sequence[Timer], _: datetime) -> None:
        tenant = await uow.tenant()
        for timer in timers:
            await files.discard(tenant.id, timer.key, timer.payload["size"])

    return {EXPORT_DUE: exports.due, DISCARD_FILE: discard}
