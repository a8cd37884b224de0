"""A shift does not take place."""

from datetime import datetime
from uuid import UUID

from risk.application.ports import UnitOfWork
from risk.application.take_rota_turn import take_rota_turn
from risk.domain.shift import Shift


async def cancel_shift(uow: UnitOfWork, shift_id: UUID, now: datetime) -> Shift:
    """Idempotent; a weekly one is not planned again for that day. Raises ShiftNotFound, ShiftBegun."""
    await take_rota_turn(uow, now)
    cancelled = (await uow.shifts.get(shift_id)).cancel(now)
    await uow.shifts.save(cancelled)
    return cancelled
