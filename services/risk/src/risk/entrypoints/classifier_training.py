"""Models are trained beside everything else: a timer finds them work, and comes back for what was left."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from chassis.faults import is_transient
from chassis.logs import get_logger
from chassis.timers import Timer
from risk.application.ports import UnitOfWork
from risk.application.train_classifier import LEASE, ClassifierTraining

_BUSY = timedelta(seconds=2)

log = get_logger(__name__)


class ClassifierTrainings:
    """One at a time in this process; another replica takes what comes meanwhile."""

    def __init__(self, training: ClassifierTraining) -> None:
        self._training = training
        self._offered: asyncio.Queue[tuple[UUID, UUID]] = asyncio.Queue(maxsize=1)
        self._busy = False

    async def run(self) -> None:
        """Until cancelled. What is interrupted is begun anew when its lease is over."""
        while True:
            tenant_id, model_id = await self._offered.get()
            self._busy = True
            try:
                await self._training.run(tenant_id, model_id)
            except Exception as error:
                level = log.warning if is_transient(error) else log.error
                level("training interrupted", model=str(model_id), exc_info=error)
            finally:
                self._busy = False

    async def due(self, uow: UnitOfWork, timers: Sequence[Timer], now: datetime) -> None:
        """The timer goes on until the model is trained, so that a death of this process is noticed."""
        again = [
            Timer(timer.kind, timer.key, now + (LEASE if self._take(uow, timer) else _BUSY))
            for timer in timers
        ]
        await uow.timers.schedule_many(again)

    def _take(self, uow: UnitOfWork, timer: Timer) -> bool:
        if self._busy or self._offered.full():
            return False
        self._offered.put_nowait((uow.tenant_id, UUID(timer.key)))
        return True
