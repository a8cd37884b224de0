"""Violations that were looked at again, with what follows for those that do not stand."""

from collections.abc import Sequence
from datetime import datetime

from risk.application.book_points import reverse_points
from risk.application.ports import TASK_DEADLINE, UnitOfWork
from risk.application.rule_ports import TASK_REMINDER
from risk.domain.events import ViolationReversed
from risk.domain.points import PointReason
from risk.domain.violation import Violation, ViolationStatus


async def conclude_reviews(
    uow: UnitOfWork, reviews: Sequence[tuple[Violation, Violation]], now: datetime
) -> None:
    """(as reviewed, as it was): a reversed one is no strike any more, its points are given back, and its
    task is cancelled, or its mute ends.

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
    cancelled = [(task.cancel(now), task) for task in tasks]
    await uow.moderator_tasks.save_all([(task, was) for task, was in cancelled if task != was])
    keys = [str(task.id) for task in tasks]
    await uow.timers.cancel_many(TASK_DEADLINE, keys)
    await uow.timers.cancel_many(TASK_REMINDER, keys)
    await uow.publish(*(ViolationReversed(violation) for violation in reversed_now), at=now)
    await reverse_points(uow, [it.activity_id for it in reversed_now], PointReason.DEDUCTED, now)
