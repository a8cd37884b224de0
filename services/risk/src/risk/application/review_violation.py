"""A moderator decides an appeal, or dismisses an open violation."""

from datetime import datetime
from uuid import UUID

from risk.application.ports import TASK_DEADLINE, UnitOfWork
from risk.domain.events import ViolationReversed
from risk.domain.violation import Violation, ViolationStatus


async def review_violation(uow: UnitOfWork, violation_id: UUID, stands: bool, now: datetime) -> Violation:
    """If it does not stand, its strike no longer counts and its pending task is cancelled.

    Raises ViolationNotFound, ViolationNotReviewable, ChangedMeanwhile.
    """
    violation = await uow.violations.get(violation_id)
    reviewed = violation.review(stands)
    await uow.violations.save(reviewed, was=violation)
    if reviewed.status is ViolationStatus.REVERSED:
        for task in await uow.moderator_tasks.of_violations([violation_id]):
            await uow.moderator_tasks.save(task.cancel(), was=task)
            await uow.timers.cancel(TASK_DEADLINE, str(task.id))
        await uow.publish(ViolationReversed(reviewed), at=now)
    return reviewed
