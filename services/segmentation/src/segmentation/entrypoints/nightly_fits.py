"""Predictions are worked out every night, beside the timers: no other timer waits for a fit."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.clock import Clock
from chassis.logs import get_logger
from chassis.timers import Timer
from segmentation.application.fit_predictions import fit_predictions
from segmentation.application.keep_fitting import await_fit
from segmentation.application.ports import Transactions, UnitOfWork
from segmentation.application.prediction_ports import Forecaster

log = get_logger(__name__)


class NightlyFits:
    def __init__(self, transactions: Transactions, forecaster: Forecaster, clock: Clock) -> None:
        self._transactions, self._forecaster, self._clock = transactions, forecaster, clock
        self._due: asyncio.Queue[tuple[UUID, datetime]] = asyncio.Queue()

    async def fit_due(self, uow: UnitOfWork, _: Sequence[Timer], now: datetime) -> None:
        """The timer is the lease: due in an hour, until the end of a fit moves it to the next night."""
        await await_fit(uow, now)
        self._due.put_nowait(((await uow.tenant()).id, now))

    async def run(self) -> None:
        """One tenant after the other, until cancelled. What fails is tried again when its timer returns."""
        while True:
            tenant_id, due_at = await self._due.get()
            try:
                await self._fit(tenant_id, due_at)
            except Exception as error:
                log.exception("predictions.failed", tenant_id=str(tenant_id), reason=repr(error))

    async def _fit(self, tenant_id: UUID, due_at: datetime) -> None:
        """Nothing to do if somebody else fitted meanwhile."""
        async with self._transactions(tenant_id) as uow:
            latest = await uow.predictions.model()
        if latest and latest.fitted_at >= due_at:
            return
        model = await fit_predictions(self._transactions, self._forecaster, tenant_id, self._clock())
        log.info(
            "predictions.fitted",
            tenant_id=str(tenant_id),
            status=model.status.name,
            buyers=model.counts.buyers,
            predicted=model.predicted,
        )
