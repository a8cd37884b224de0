"""Deadlines of moderator tasks are near."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from risk.application.ports import UnitOfWork
from risk.domain.events import ModeratorTaskReminded


async def remind_of_tasks(uow: UnitOfWork, task_ids: Sequence[UUID], now: datetime) -> None:
    """Of those still open, once."""
    reminded = await uow.moderator_tasks.remind(task_ids, now)
    await uow.publish(*(ModeratorTaskReminded(task) for task in reminded), at=now)
