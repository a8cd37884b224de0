"""A moderator or partner says that the action was carried out in WeCom."""

from datetime import datetime
from uuid import UUID

from risk.application.ports import TASK_DEADLINE, UnitOfWork
from risk.application.rule_ports import TASK_REMINDER
from risk.domain.events import ViolationHandled
from risk.domain.moderator_task import ModeratorTask


async def confirm_moderator_task(
    uow: UnitOfWork, task_id: UUID, confirmed_by: str, now: datetime
) -> ModeratorTask:
    """Idempotent; also when overdue. Raises TaskNotFound, TaskCancelled, ChangedMeanwhile."""
    task = await uow.moderator_tasks.get(task_id)
    confirmed = task.confirm(confirmed_by, now)
    if confirmed == task:
        return task
    violation = await uow.violations.get(task.violation_id)
    handled = violation.handle(now)
    await uow.violations.save(handled, was=violation)
    await uow.moderator_tasks.save(confirmed, was=task)
    await uow.timers.cancel(TASK_DEADLINE, str(task.id))
    await uow.timers.cancel(TASK_REMINDER, str(task.id))
    await uow.publish(ViolationHandled(handled), at=now)
    return confirmed
