"""Something needs a person: open cases, from wherever in the service."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.ids import new_id
from risk.application.count_strikes import count_strikes
from risk.application.ports import UnitOfWork
from risk.domain.case import Case, CaseKind, Evidence
from risk.domain.case_risk import risk_of
from risk.domain.case_step import CaseStepKind, step
from risk.domain.events import CaseOpened
from risk.domain.verdict import RiskCategory


@dataclass(frozen=True, slots=True)
class Opening:
    """A case to open. `why` goes into its history, as its first words."""

    kind: CaseKind
    subject_id: UUID
    group_id: UUID | None
    member_id: UUID | None
    category: RiskCategory | None
    evidence: Evidence
    why: str = ""
    probability: float | None = None
    weight: float = 1.0
    barred: str = ""


async def open_cases(uow: UnitOfWork, openings: Sequence[Opening], now: datetime) -> Sequence[Case]:
    """Those that are new: of a kind and subject there is one case, however often it is opened."""
    if not openings:
        return []
    policy = await uow.case_policies.current()
    since = now - (await uow.policies.current()).strike_window
    strikes = await count_strikes(uow, {it.member_id for it in openings if it.member_id}, since)
    cases = {}
    for opening in openings:
        of_member = strikes.of(opening.member_id) if opening.member_id else 0
        verdict, category = opening.evidence.verdict, opening.category
        risk = risk_of(verdict, category, of_member, opening.probability, policy.category_risks)
        case = Case(
            id=new_id(),
            kind=opening.kind,
            subject_id=opening.subject_id,
            group_id=opening.group_id,
            member_id=opening.member_id,
            category=opening.category,
            risk=risk,
            opened_at=now,
            due_at=now + policy.time_to_decide,
            queued_as_of=policy.queued_as_of(now, risk),
            evidence=opening.evidence,
            weight=opening.weight,
            barred=opening.barred,
            strikes=of_member,
        )
        cases[case.id] = case, opening.why
    stored = await uow.cases.add([case for case, _ in cases.values()])
    opened = [(case, why) for case, why in cases.values() if case.id in stored]
    await uow.cases.record([step(CaseStepKind.OPENED, case, None, now, text=why) for case, why in opened])
    await uow.publish(*(CaseOpened(case) for case, _ in opened), at=now)
    return [case for case, _ in opened]


async def open_case(uow: UnitOfWork, opening: Opening, now: datetime) -> Case | None:
    """None if there is one already."""
    opened = await open_cases(uow, [opening], now)
    return opened[0] if opened else None
