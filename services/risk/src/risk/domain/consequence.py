"""What a decided case means for the violation of its message."""

from risk.domain.case import Case, CaseKind, CaseOutcome
from risk.domain.violation import Violation, ViolationStatus

OF_MESSAGES = frozenset((CaseKind.MESSAGE_REVIEW, CaseKind.SAMPLE))
"""Kinds whose subject is a message."""


def judged(violation: Violation, closed: Case) -> Violation:
    """As the outcome leaves it: it stands by a confirmed risk alone, and then an appeal has failed."""
    if closed.outcome is not CaseOutcome.CONFIRMED_RISK:
        return violation.retract()
    if closed.kind is CaseKind.APPEAL and violation.status is ViolationStatus.APPEALED:
        return violation.review(stands=True)
    return violation


def is_breach(closed: Case) -> bool:
    """Whether it deserves a violation, if it has none and a rule of the group forbids it."""
    return closed.kind in OF_MESSAGES and closed.outcome is CaseOutcome.CONFIRMED_RISK
