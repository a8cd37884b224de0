"""Deadlines of moderator tasks have passed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from risk.application.ports import UnitOfWork
from risk.domain.events import ModeratorTaskOverdue


async def mark_tasks_overdue(uow: UnitOfWork, task_ids: Sequence[UUID], now: datetime) -> None:
    """Those still open become overdue, and it is said once."""
    overdue = await uow.moderator_tasks.mark_overdue(task_ids, now)
    await uow.publish(*(ModeratorTaskOverdue(task) for task in overdue), at=now)
