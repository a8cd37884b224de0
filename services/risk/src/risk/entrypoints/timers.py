"""What happens at an instant: deadlines of tasks, reminders of them, ends of leases and of keeping texts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from chassis.timers import Timer, TimerHandler
from risk.application.case_ports import CASE_LEASE
from risk.application.keep_texts import forget_texts
from risk.application.lexicon_ports import TEXTS_EXPIRY
from risk.application.mark_tasks_overdue import mark_tasks_overdue
from risk.application.ports import TASK_DEADLINE, UnitOfWork
from risk.application.remind_of_tasks import remind_of_tasks
from risk.application.return_lapsed_cases import return_lapsed_cases
from risk.application.rule_ports import TASK_REMINDER
from risk.entrypoints.rota_timers import ROTA_TIMERS


async def _overdue(uow: UnitOfWork, timers: Sequence[Timer], now: datetime) -> None:
    await mark_tasks_overdue(uow, [UUID(timer.key) for timer in timers], now)


async def _reminder(uow: UnitOfWork, timers: Sequence[Timer], now: datetime) -> None:
    await remind_of_tasks(uow, [UUID(timer.key) for timer in timers], now)


async def _lapsed(uow: UnitOfWork, timers: Sequence[Timer], now: datetime) -> None:
    await return_lapsed_cases(uow, [UUID(timer.key) for timer in timers], now)


async def _texts(uow: UnitOfWork, timers: Sequence[Timer], now: datetime) -> None:
    await forget_texts(uow, timers[-1].key, now)


TIMERS: Mapping[str, TimerHandler[UnitOfWork]] = {
    TASK_DEADLINE: _overdue,
    TASK_REMINDER: _reminder,
    CASE_LEASE: _lapsed,
    TEXTS_EXPIRY: _texts,
    **ROTA_TIMERS,
}
