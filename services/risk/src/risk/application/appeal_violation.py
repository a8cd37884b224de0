"""A member objects to a violation."""

from uuid import UUID

from risk.application.ports import UnitOfWork
from risk.domain.violation import Violation


async def appeal_violation(uow: UnitOfWork, violation_id: UUID, reason: str) -> Violation:
    """Once per violation. Raises ViolationNotFound, ViolationNotAppealable, ChangedMeanwhile."""
    violation = await uow.violations.get(violation_id)
    appealed = violation.appeal(reason)
    await uow.violations.save(appealed, was=violation)
    return appealed
