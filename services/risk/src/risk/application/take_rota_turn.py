"""The turn to change shifts."""

from datetime import datetime

from risk.application.ports import UnitOfWork
from risk.application.rota_ports import ROTA_WATCH


async def take_rota_turn(uow: UnitOfWork, now: datetime) -> None:
    """Nobody else changes them meanwhile, and the rota is looked at afterwards.

    The timer comes first, as it does when it fires: in the other order the two would wait for each other.
    """
    await uow.timers.schedule(ROTA_WATCH, "", now)
    await uow.shifts.take_turn()
