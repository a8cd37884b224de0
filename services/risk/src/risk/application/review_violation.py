"""A moderator decides an appeal, or dismisses an open violation."""

from datetime import datetime
from uuid import UUID

from risk.application.conclude_reviews import conclude_reviews
from risk.application.ports import UnitOfWork
from risk.domain.violation import Violation


async def review_violation(uow: UnitOfWork, violation_id: UUID, stands: bool, now: datetime) -> Violation:
    """If it does not stand, its strike no longer counts and its pending task is cancelled.

    Raises ViolationNotFound, ViolationNotReviewable, ChangedMeanwhile.
    """
    violation = await uow.violations.get(violation_id)
    reviewed = violation.review(stands)
    await conclude_reviews(uow, [(reviewed, violation)], now)
    return reviewed
