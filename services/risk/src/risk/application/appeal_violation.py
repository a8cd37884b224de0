"""A member objects to a violation."""

from datetime import datetime
from uuid import UUID

from risk.application.open_cases import Opening, open_case
from risk.application.ports import UnitOfWork
from risk.domain.case import CaseKind, Evidence
from risk.domain.violation import Violation


async def appeal_violation(uow: UnitOfWork, violation_id: UUID, reason: str, now: datetime) -> Violation:
    """Once per violation; a reviewer gets a case.

    Raises ViolationNotFound, ViolationNotAppealable, ChangedMeanwhile.
    """
    violation = await uow.violations.get(violation_id)
    appealed = violation.appeal(reason)
    await uow.violations.save(appealed, was=violation)
    await open_case(uow, await _opening(uow, appealed), now)
    return appealed


async def _opening(uow: UnitOfWork, violation: Violation) -> Opening:
    decided = await uow.decisions.many([violation.activity_id])
    evidence = Evidence(violation.masked_text, violation.verdict)
    for decision in decided:
        evidence = Evidence(
            violation.masked_text,
            violation.verdict,
            decision.screening.findings,
            decision.lexicon_version,
            decision.policy_version,
        )
    return Opening(
        kind=CaseKind.APPEAL,
        subject_id=violation.id,
        group_id=violation.group_id,
        member_id=violation.member_id,
        category=violation.category,
        evidence=evidence,
        why=violation.appeal_reason,
    )
