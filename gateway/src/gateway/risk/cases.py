"""Cases, their history and policy as the graph shows them."""

from datetime import datetime
from enum import Enum
from typing import Self

import strawberry

from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import Node, global_id
from gateway.risk.types import RISK_CATEGORIES, VERDICTS, Finding, RiskCategory, Verdict, Violation
from gateway.segmentation.groups import Group
from gateway.segmentation.members import Member
from gateway.values import by_number, moment, optional_moment
from quanzi.risk.v1 import cases_pb2


@strawberry.enum(description="What a case is about.")
class CaseKind(Enum):
    MESSAGE_REVIEW = strawberry.enum_value(
        cases_pb2.CASE_KIND_MESSAGE_REVIEW, description="待审消息: screening leaves it to a person."
    )
    APPEAL = strawberry.enum_value(cases_pb2.CASE_KIND_APPEAL, description="违规申诉")
    SAMPLE = strawberry.enum_value(
        cases_pb2.CASE_KIND_SAMPLE, description="抽检: a message drawn at random, to measure screening."
    )
    SECOND_LOOK = strawberry.enum_value(
        cases_pb2.CASE_KIND_SECOND_LOOK,
        description="复核: judged by another reviewer, who is not told the first judgement.",
    )
    FRAUD_SUSPICION = strawberry.enum_value(cases_pb2.CASE_KIND_FRAUD_SUSPICION, description="冒充员工嫌疑")
    PAYMENT_TALK = strawberry.enum_value(cases_pb2.CASE_KIND_PAYMENT_TALK, description="私下交易嫌疑")
    SECURITY_FINDING = strawberry.enum_value(cases_pb2.CASE_KIND_SECURITY_FINDING, description="安全审计发现")
    OPINION_INCIDENT = strawberry.enum_value(cases_pb2.CASE_KIND_OPINION_INCIDENT, description="舆情事件")


@strawberry.enum(description="States of a case (案件).")
class CaseStatus(Enum):
    PENDING = strawberry.enum_value(cases_pb2.CASE_STATUS_PENDING, description="待处理: in the queue.")
    INVESTIGATING = strawberry.enum_value(
        cases_pb2.CASE_STATUS_INVESTIGATING, description="调查中: a reviewer holds it until the lease ends."
    )
    CLOSED = strawberry.enum_value(cases_pb2.CASE_STATUS_CLOSED, description="已结案")
    REOPENED = strawberry.enum_value(
        cases_pb2.CASE_STATUS_REOPENED, description="已重开: in the queue again."
    )


@strawberry.enum(description="What came out of a case.")
class CaseOutcome(Enum):
    CONFIRMED_RISK = strawberry.enum_value(
        cases_pb2.CASE_OUTCOME_CONFIRMED_RISK, description="风险属实: a breach."
    )
    VALUABLE_ALERT = strawberry.enum_value(
        cases_pb2.CASE_OUTCOME_VALUABLE_ALERT, description="有价值预警: right to ask, nobody broke a rule."
    )
    FALSE_POSITIVE = strawberry.enum_value(
        cases_pb2.CASE_OUTCOME_FALSE_POSITIVE, description="误报: harmless."
    )


@strawberry.enum(description="What happened in a step of a case.")
class CaseStepKind(Enum):
    OPENED = strawberry.enum_value(cases_pb2.CASE_STEP_KIND_OPENED, description="立案")
    CLAIMED = strawberry.enum_value(cases_pb2.CASE_STEP_KIND_CLAIMED, description="领取")
    RELEASED = strawberry.enum_value(cases_pb2.CASE_STEP_KIND_RELEASED, description="退回")
    LAPSED = strawberry.enum_value(cases_pb2.CASE_STEP_KIND_LAPSED, description="超时退回")
    CLOSED = strawberry.enum_value(cases_pb2.CASE_STEP_KIND_CLOSED, description="结案")
    REOPENED = strawberry.enum_value(cases_pb2.CASE_STEP_KIND_REOPENED, description="重开")
    NOTED = strawberry.enum_value(cases_pb2.CASE_STEP_KIND_NOTED, description="备注")


CASE_KINDS = by_number(CaseKind)
CASE_STATUSES = by_number(CaseStatus)
CASE_OUTCOMES = by_number(CaseOutcome)
CASE_STEP_KINDS = by_number(CaseStepKind)


@strawberry.type(description="A step of the history of a case.")
class CaseStep:
    number: int = strawberry.field(description="Counts from 1.")
    kind: CaseStepKind = strawberry.field(description="What happened.")
    at: datetime = strawberry.field(description="When.")
    by: str | None = strawberry.field(description="Who; null: the system.")
    was: CaseStatus | None = strawberry.field(description="State before; null for the first step.")
    became: CaseStatus = strawberry.field(description="State after.")
    text: str | None = strawberry.field(description="Why, or the note.")

    @classmethod
    def of(cls, step: cases_pb2.CaseStep) -> Self:
        return cls(
            number=step.number,
            kind=CASE_STEP_KINDS[step.kind],
            at=moment(step.at),
            by=step.by or None,
            was=CASE_STATUSES.get(step.was),
            became=CASE_STATUSES[step.became],
            text=step.text or None,
        )


@strawberry.type(description="Something a person must judge (风险案件).")
class Case(Node):
    kind: CaseKind = strawberry.field(description="What it is about.")
    status: CaseStatus = strawberry.field(description="State.")
    category: RiskCategory | None = strawberry.field(
        description="As screening suspected, then as the reviewer decided."
    )
    risk: int = strawberry.field(description="0 to 100.")
    strikes: int = strawberry.field(
        description="Violations of the person that the risk counts, also those of members merged with "
        "this one."
    )
    opened_at: datetime = strawberry.field(description="When it was opened.")
    due_at: datetime = strawberry.field(description="Until when it should be decided.")
    reviewer: str | None = strawberry.field(description="Who holds it, or closed it.")
    lease_until: datetime | None = strawberry.field(description="How long it is held.")
    outcome: CaseOutcome | None = strawberry.field(description="What came out.")
    closed_at: datetime | None = strawberry.field(description="When it was decided.")
    masked_text: str = strawberry.field(description="The text, personal data masked (脱敏).")
    verdict: Verdict | None = strawberry.field(description="What screening said.")
    findings: list[Finding] = strawberry.field(description="What was found, where.")
    lexicon_version: int = strawberry.field(description="Version of the lexicon used.")
    policy_version: int = strawberry.field(description="Version of the policy used.")
    model_version: str | None = strawberry.field(description="Version of the classifier, if it was asked.")
    suggested_words: list[str] = strawberry.field(
        description="Of a false positive: words that hit, candidates for the allow-list (白名单)."
    )
    message: strawberry.Private[cases_pb2.Case]

    @resolved("Whom it concerns.")
    async def member(self, info: Info) -> Member | None:
        return await info.context.loaders.segmentation.member(self.message.member_id)

    @resolved("Where.")
    async def group(self, info: Info) -> Group | None:
        return await info.context.loaders.segmentation.group(self.message.group_id)

    @resolved("The violation that an appeal is about.")
    async def violation(self, info: Info) -> Violation | None:
        if self.kind is not CaseKind.APPEAL:
            return None
        return await info.context.loaders.risk.violations.load(self.message.subject_id)

    @resolved("Activity id of the message it is about.")
    def activity_id(self) -> str | None:
        about_message = self.kind in (CaseKind.MESSAGE_REVIEW, CaseKind.SAMPLE)
        return self.message.subject_id if about_message else None

    @resolved("Its history, in order.")
    async def steps(self, info: Info) -> list[CaseStep] | None:
        return await info.context.loaders.risk.case_steps.load(self.message.id)

    @classmethod
    def of(cls, case: cases_pb2.Case) -> Self:
        return cls(
            id=global_id("Case", case.id),
            kind=CASE_KINDS[case.kind],
            status=CASE_STATUSES[case.status],
            category=RISK_CATEGORIES.get(case.category),
            risk=case.risk,
            strikes=case.strikes,
            opened_at=moment(case.opened_at),
            due_at=moment(case.due_at),
            reviewer=case.reviewer or None,
            lease_until=optional_moment(case.lease_until),
            outcome=CASE_OUTCOMES.get(case.outcome),
            closed_at=optional_moment(case.closed_at),
            masked_text=case.masked_text,
            verdict=VERDICTS.get(case.verdict),
            findings=[Finding.of(finding) for finding in case.findings],
            lexicon_version=case.lexicon_version,
            policy_version=case.policy_version,
            model_version=case.model_version or None,
            suggested_words=list(case.suggested_words),
            message=case,
        )


@strawberry.type(description="What became of one case of many.")
class CaseResult:
    case_id: strawberry.ID = strawberry.field(description="Global id of the case.")
    case: Case | None = strawberry.field(description="As it is now; null if refused.")
    reason: str | None = strawberry.field(description="Why it was refused, for programs: `CASE_HELD`, …")
    message: str | None = strawberry.field(description="The same for people.")

    @classmethod
    def of(cls, result: cases_pb2.CaseResult) -> Self:
        return cls(
            case_id=global_id("Case", result.case_id),
            case=Case.of(result.case) if result.HasField("case") else None,
            reason=result.reason or None,
            message=result.message or None,
        )


@strawberry.type(description="What a category adds to the risk of a case.")
class CategoryRisk:
    category: RiskCategory = strawberry.field(description="Of these cases.")
    points: int = strawberry.field(description="0 to 30; the whole risk is 100 at most.")

    @classmethod
    def of(cls, risk: cases_pb2.CategoryRisk) -> Self:
        return cls(category=RISK_CATEGORIES[risk.category], points=risk.points)


@strawberry.type(description="Rules of cases; every change makes a new version.")
class CasePolicy:
    version: int = strawberry.field(description="Counts changes.")
    lease_minutes: int = strawberry.field(description="How long a claimed case is held.")
    due_hours: int = strawberry.field(description="A case is due this long after it was opened.")
    minutes_per_risk_point: int = strawberry.field(
        description="One point of risk is worth this much waiting in the queue."
    )
    second_look_percent: int = strawberry.field(
        description="Share of closed cases that a second reviewer judges blind."
    )
    sample_allowed_per_mille: int = strawberry.field(description="Share of allowed messages drawn.")
    sample_blocked_per_mille: int = strawberry.field(description="Share of blocked messages drawn.")
    minimum_sample: int = strawberry.field(description="A rate of fewer labels is unknown.")
    category_risks: list[CategoryRisk] = strawberry.field(
        description="What categories add to the risk of a case, which orders the queue (类别权重)."
    )

    @classmethod
    def of(cls, policy: cases_pb2.CasePolicy) -> Self:
        return cls(
            version=policy.version,
            lease_minutes=policy.lease_minutes,
            due_hours=policy.due_hours,
            minutes_per_risk_point=policy.minutes_per_risk_point,
            second_look_percent=policy.second_look_percent,
            sample_allowed_per_mille=policy.sample_allowed_per_mille,
            sample_blocked_per_mille=policy.sample_blocked_per_mille,
            minimum_sample=policy.minimum_sample,
            category_risks=[CategoryRisk.of(risk) for risk in policy.category_risks],
        )
