"""What happens at an instant on the rota, and with training."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from chassis.timers import Timer, TimerHandler
from risk.application.open_training_session import open_next_training_session, open_training_session
from risk.application.ports import UnitOfWork
from risk.application.remind_of_training import mark_training_overdue, remind_of_training
from risk.application.rota_ports import ROTA_WATCH
from risk.application.training_ports import TRAINING_DEADLINE, TRAINING_OPENING, TRAINING_REMINDER
from risk.application.watch_rota import watch_rota


async def _watch(uow: UnitOfWork, _: Sequence[Timer], now: datetime) -> None:
    await watch_rota(uow, now)


async def _opening(uow: UnitOfWork, _: Sequence[Timer], now: datetime) -> None:
    await open_training_session(uow, now)
    await open_next_training_session(uow, now)


async def _reminder(uow: UnitOfWork, timers: Sequence[Timer], now: datetime) -> None:
    """One a month."""
    for timer in timers:
        await remind_of_training(uow, UUID(timer.key), now)


async def _deadline(uow: UnitOfWork, timers: Sequence[Timer], now: datetime) -> None:
    await mark_training_overdue(uow, [UUID(timer.key) for timer in timers], now)


ROTA_TIMERS: Mapping[str, TimerHandler[UnitOfWork]] = {
    ROTA_WATCH: _watch,
    TRAINING_OPENING: _opening,
    TRAINING_REMINDER: _reminder,
    TRAINING_DEADLINE: _deadline,
}
