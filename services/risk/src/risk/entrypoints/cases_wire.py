"""Cases and their policy as the messages of proto/quanzi/risk/v1, and back."""

from collections.abc import Iterable
from uuid import UUID

from chassis.timestamps import optional_timestamp, timestamp
from quanzi.risk.v1 import cases_pb2 as pb
from risk.application.case_results import CaseResult
from risk.application.decide_cases import CaseDecision
from risk.domain.case import Case, CaseKind, CaseOutcome
from risk.domain.case_policy import CasePolicy
from risk.domain.case_step import CaseStep
from risk.domain.masking import Hide
from risk.domain.verdict import RiskCategory
from risk.entrypoints.errors import ERRORS
from risk.entrypoints.wire import finding_to_wire
from risk.enums import number, optional


def case_to_wire(case: Case) -> pb.Case:
    evidence = case.evidence
    blind = case.kind is CaseKind.SECOND_LOOK
    return pb.Case(
        id=str(case.id),
        kind=number(case.kind),
        status=number(case.status),
        subject_id="" if blind else str(case.subject_id),
        group_id=str(case.group_id or ""),
        member_id=str(case.member_id or ""),
        category=number(case.category),
        risk=case.risk,
        opened_at=timestamp(case.opened_at),
        due_at=timestamp(case.due_at),
        reviewer=case.reviewer,
        lease_until=optional_timestamp(case.lease_until),
        outcome=number(case.outcome),
        closed_at=optional_timestamp(case.closed_at),
        masked_text=evidence.masked_text,
        verdict=number(evidence.verdict),
        findings=[finding_to_wire(finding) for finding in evidence.findings],
        lexicon_version=evidence.lexicon_version,
        policy_version=evidence.policy_version,
        model_version=evidence.model_version,
        suggested_words=evidence.words if case.outcome is CaseOutcome.FALSE_POSITIVE else (),
        strikes=case.strikes,
    )


def step_to_wire(step: CaseStep) -> pb.CaseStep:
    return pb.CaseStep(
        number=step.number,
        kind=number(step.kind),
        at=timestamp(step.at),
        by=step.by,
        was=number(step.was),
        became=number(step.became),
        text=step.text,
    )


def results_to_wire(results: Iterable[CaseResult]) -> list[pb.CaseResult]:
    return [_result_to_wire(result) for result in results]


def _result_to_wire(result: CaseResult) -> pb.CaseResult:
    message = pb.CaseResult(case_id=str(result.case_id))
    if result.case is not None:
        message.case.CopyFrom(case_to_wire(result.case))
    if result.refusal is not None:
        message.reason = ERRORS[type(result.refusal)][1]
        message.message = str(result.refusal)
    return message


def decision_of(message: pb.CaseDecision, hide: Hide) -> CaseDecision:
    return CaseDecision(
        UUID(message.case_id),
        CaseOutcome(message.outcome),
        optional(RiskCategory, message.category),
        hide(message.note),
    )


def case_policy_to_wire(policy: CasePolicy) -> pb.CasePolicy:
    return pb.CasePolicy(
        version=policy.version,
        lease_minutes=policy.lease_minutes,
        due_hours=policy.due_hours,
        minutes_per_risk_point=policy.minutes_per_risk_point,
        second_look_percent=policy.second_look_percent,
        sample_allowed_per_mille=policy.sample_allowed_per_mille,
        sample_blocked_per_mille=policy.sample_blocked_per_mille,
        minimum_sample=policy.minimum_sample,
        category_risks=[
            pb.CategoryRisk(category=number(category), points=points)
            for category, points in sorted(policy.category_risks.items())
        ],
    )


def case_policy_of(message: pb.CasePolicy, current: CasePolicy) -> CasePolicy:
    """Raises InvalidPolicy."""
    given = {RiskCategory(it.category): it.points for it in message.category_risks}
    return CasePolicy(
        lease_minutes=message.lease_minutes,
        due_hours=message.due_hours,
        minutes_per_risk_point=message.minutes_per_risk_point,
        second_look_percent=message.second_look_percent,
        sample_allowed_per_mille=message.sample_allowed_per_mille,
        sample_blocked_per_mille=message.sample_blocked_per_mille,
        minimum_sample=message.minimum_sample,
        category_risks={**current.category_risks, **given},
    )
