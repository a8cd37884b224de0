"""See to it that a tenant's predictions are worked out every night."""

from datetime import datetime, timedelta

from segmentation.application.ports import UnitOfWork
from segmentation.domain.predictions import next_night

FIT_DUE = "fit-due"
_KEY = "nightly"
_PATIENCE = timedelta(hours=1)


async def begin_fitting(uow: UnitOfWork, now: datetime) -> None:
    """With the first order; nothing to do if there is a timer."""
    if not await uow.timers.pending(FIT_DUE, _KEY):
        await keep_fitting(uow, now)


async def keep_fitting(uow: UnitOfWork, now: datetime) -> None:
    """A fit is done: the next one is due at local 03:00."""
    await uow.timers.schedule(FIT_DUE, _KEY, next_night(now, (await uow.tenant()).zone))


async def fit_soon(uow: UnitOfWork, now: datetime) -> None:
    """As soon as whoever fits is free. Asked again meanwhile, one fit that begins later does for all."""
    await uow.timers.schedule(FIT_DUE, _KEY, now)


async def await_fit(uow: UnitOfWork, now: datetime) -> None:
    """A fit begins: if whoever does it dies, it is due again in an hour."""
    await uow.timers.schedule(FIT_DUE, _KEY, now + _PATIENCE)
