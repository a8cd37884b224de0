"""A moderator decides about a violation by itself: the case of its appeal is closed with it."""

from datetime import datetime
from uuid import UUID

from risk.application.decide_cases import CaseDecision, decide_cases
from risk.application.ports import Instructions, UnitOfWork
from risk.application.review_violation import review_violation
from risk.domain.case import CaseKind, CaseOutcome, CaseStatus
from risk.domain.violation import Violation


async def decide_appeal(
    uow: UnitOfWork,
    instructions: Instructions,
    violation_id: UUID,
    stands: bool,
    reviewer: str,
    now: datetime,
) -> Violation:
    """Without an open case, as an open violation has none, only the violation is reviewed.

    Raises ViolationNotFound, ViolationNotReviewable, ChangedMeanwhile, CaseHeld.
    """
    case = await uow.cases.about(CaseKind.APPEAL, violation_id)
    if case is None or case.status is CaseStatus.CLOSED:
        return await review_violation(uow, violation_id, stands, now)
    outcome = CaseOutcome.CONFIRMED_RISK if stands else CaseOutcome.FALSE_POSITIVE
    [result] = await decide_cases(uow, instructions, reviewer, [CaseDecision(case.id, outcome)], now)
    if result.refusal is not None:
        raise result.refusal
    return await uow.violations.get(violation_id)
