"""A moderator task is given to somebody, or back to anybody."""

from datetime import datetime
from uuid import UUID

from risk.application.ports import UnitOfWork
from risk.domain.events import ModeratorTaskAssigned
from risk.domain.moderator_task import ModeratorTask


async def assign_moderator_task(
    uow: UnitOfWork, task_id: UUID, assignee: str, now: datetime
) -> ModeratorTask:
    """Idempotent. Raises TaskNotFound, TaskNotPending, ChangedMeanwhile."""
    task = await uow.moderator_tasks.get(task_id)
    assigned = task.assign(assignee)
    if assigned != task:
        await uow.moderator_tasks.save(assigned, was=task)
        await uow.publish(ModeratorTaskAssigned(assigned), at=now)
    return assigned
