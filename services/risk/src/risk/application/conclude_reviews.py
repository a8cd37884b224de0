"""Violations that were looked at again, with what follows for those that do not stand."""

from collections.abc import Sequence
from datetime import datetime

from risk.application.ports import TASK_DEADLINE, UnitOfWork
from risk.domain.events import ViolationReversed
from risk.domain.violation import Violation, ViolationStatus


async def conclude_reviews(
    uow: UnitOfWork, reviews: Sequence[tuple[Violation, Violation]], now: datetime
) -> None:
    """(as reviewed, as it was): the strike of a reversed one no longer counts, its pending task is cancelled.

    Raises ChangedMeanwhile.
    """
    await uow.violations.save_all(reviews)
    reversed_now = [
        violation
        for violation, was in reviews
        if violation.status is ViolationStatus.REVERSED and was.status is not violation.status
    ]
    if not reversed_now:
        return
    tasks = await uow.moderator_tasks.of_violations([violation.id for violation in reversed_now])
    await uow.moderator_tasks.save_all([(task.cancel(), task) for task in tasks if task.is_pending])
    await uow.timers.cancel_many(TASK_DEADLINE, [str(task.id) for task in tasks])
    await uow.publish(*(ViolationReversed(violation) for violation in reversed_now), at=now)
