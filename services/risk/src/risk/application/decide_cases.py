"""A reviewer decides cases, many at once, with all that follows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from risk.application.case_ports import CASE_LEASE
from risk.application.case_results import CaseResult, attempt_all, changed
from risk.application.conclude_reviews import conclude_reviews
from risk.application.open_cases import Opening, open_cases
from risk.application.ports import Instructions, UnitOfWork
from risk.application.record_breaches import Breach, record_breaches
from risk.application.rules_in_force import rules_in_force
from risk.domain.case import Case, CaseKind, CaseOutcome
from risk.domain.case_policy import CasePolicy
from risk.domain.case_step import CaseStepKind, step
from risk.domain.consequence import OF_MESSAGES, is_breach, judged
from risk.domain.drawing import drawn
from risk.domain.events import CaseClosed
from risk.domain.label import OF_TEXTS, label_of
from risk.domain.verdict import RiskCategory
from risk.domain.violation import Violation


@dataclass(frozen=True, slots=True)
class CaseDecision:
    """Without a category: as suspected."""

    case_id: UUID
    outcome: CaseOutcome
    category: RiskCategory | None = None
    note: str = ""


async def decide_cases(
    uow: UnitOfWork,
    instructions: Instructions,
    reviewer: str,
    decisions: Sequence[CaseDecision],
    now: datetime,
) -> list[CaseResult]:
    """One result for each decision, in order; what is refused does not hinder the others.

    A confirmed breach opens the violation it deserves; anything else reverses the one there is. Each decision
    makes a label, and some are looked at a second time.
    """
    # Strikes are counts: breaches go one after another, those of screening too.
    await uow.decisions.take_turn()
    held = await uow.cases.hold([decision.case_id for decision in decisions])
    results = attempt_all([(it.case_id, _closing(reviewer, it, now)) for it in decisions], held)
    closed = changed(results, held)
    notes = {decision.case_id: decision.note for decision in decisions}
    await uow.cases.save(closed)
    await uow.cases.record(
        [step(CaseStepKind.CLOSED, it, held[it.id], now, reviewer, notes[it.id]) for it in closed]
    )
    await uow.timers.cancel_many(CASE_LEASE, [str(case.id) for case in closed])
    await uow.labels.put([label for case in closed if (label := label_of(case)) is not None])
    await uow.publish(*(CaseClosed(case) for case in closed), at=now)
    await _follow(uow, instructions, closed, now)
    policy = await uow.case_policies.current()
    await open_cases(uow, [_second_look(case) for case in closed if _is_drawn(case, policy)], now)
    return results


def _closing(reviewer: str, decision: CaseDecision, now: datetime) -> Callable[[Case], Case]:
    return partial(
        Case.close, reviewer=reviewer, outcome=decision.outcome, category=decision.category, now=now
    )


async def _follow(uow: UnitOfWork, instructions: Instructions, closed: Sequence[Case], now: datetime) -> None:
    violations = await _violations(uow, closed)
    reviews = {
        was.id: (violation, was)
        for case in closed
        if (was := violations.get(case.id)) is not None and (violation := judged(was, case)) != was
    }
    await conclude_reviews(uow, list(reviews.values()), now)
    suspected = [
        (case, case.member_id, case.group_id, case.category)
        for case in closed
        if is_breach(case) and case.id not in violations
        if case.member_id and case.group_id and case.category
    ]
    if not suspected:
        return
    rules = await rules_in_force(uow, {group_id for _, _, group_id, _ in suspected})
    breaches = {
        case.subject_id: Breach(
            activity_id=case.subject_id,
            member_id=member_id,
            group_id=group_id,
            category=category,
            verdict=case.evidence.verdict,
            masked_text=case.evidence.masked_text,
            rule=rule,
        )
        for case, member_id, group_id, category in suspected
        if (rule := rules.of(group_id).against(category)) is not None
    }
    await record_breaches(uow, instructions, breaches.values(), await uow.policies.current(), now)


async def _violations(uow: UnitOfWork, closed: Sequence[Case]) -> Mapping[UUID, Violation]:
    """By case: that of the appeal, or of the message."""
    appealed = {case.subject_id for case in closed if case.kind is CaseKind.APPEAL}
    messages = {case.subject_id for case in closed if case.kind in OF_MESSAGES}
    by_subject = {violation.id: violation for violation in await uow.violations.many(appealed)}
    by_subject |= {it.activity_id: it for it in await uow.violations.of_activities(messages)}
    return {case.id: by_subject[case.subject_id] for case in closed if case.subject_id in by_subject}


def _is_drawn(closed: Case, policy: CasePolicy) -> bool:
    label = label_of(closed)
    is_first = label is not None and label.source in OF_TEXTS
    return is_first and drawn(closed.id, "second look", policy.second_look_percent / 100)


def _second_look(closed: Case) -> Opening:
    """Of the same text, as it was before anybody judged it."""
    return Opening(
        kind=CaseKind.SECOND_LOOK,
        subject_id=closed.id,
        group_id=closed.group_id,
        member_id=closed.member_id,
        category=closed.evidence.predicted,
        evidence=closed.evidence,
        barred=closed.reviewer,
    )
