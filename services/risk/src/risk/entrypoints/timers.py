"""What happens at an instant: deadlines of moderator tasks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from chassis.timers import Timer, TimerHandler
from risk.application.mark_tasks_overdue import mark_tasks_overdue
from risk.application.ports import TASK_DEADLINE, UnitOfWork


async def _overdue(uow: UnitOfWork, timers: Sequence[Timer], now: datetime) -> None:
    await mark_tasks_overdue(uow, [UUID(timer.key) for timer in timers], now)


TIMERS: Mapping[str, TimerHandler[UnitOfWork]] = {TASK_DEADLINE: _overdue}
