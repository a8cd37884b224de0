"""Reviewers' work on cases, and evaluation sets made from it."""

from datetime import datetime

import strawberry

from gateway.context import Info
from gateway.global_ids import uuid_of
from gateway.mutation import IDEMPOTENCY_KEY, Input, Payload, mutation, payload
from gateway.risk.cases import Case, CaseKind, CaseOutcome, CasePolicy, CaseResult
from gateway.risk.labels import EvaluationResult, EvaluationSet
from gateway.risk.types import RiskCategory
from gateway.values import number, timestamp
from quanzi.risk.v1 import cases_pb2, labels_pb2

_RESULTS = "What became of each, in the order of the input."


@strawberry.input(description="Input of `casesClaimNext`.")
class CasesClaimNextInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    count: int = strawberry.field(description="At most how many, 1 to 50.", default=1)
    kind: CaseKind | None = strawberry.field(description="Only of this kind.", default=None)


@payload("IDEMPOTENCY_KEY_REUSED")
class CasesClaimNextPayload(Payload):
    cases: list[Case] | None = strawberry.field(
        description="Held for you; empty when the queue is.", default=None
    )


@strawberry.input(description="Input of `caseLeasesRenew`.")
class CaseLeasesRenewInput:
    cases: list[strawberry.ID] = strawberry.field(description="1 to 200 cases.")


@payload()
class CaseLeasesRenewPayload(Payload):
    results: list[CaseResult] | None = strawberry.field(description=_RESULTS, default=None)


@strawberry.input(description="Input of `casesRelease`.")
class CasesReleaseInput:
    cases: list[strawberry.ID] = strawberry.field(description="1 to 200 cases.")


@payload()
class CasesReleasePayload(Payload):
    results: list[CaseResult] | None = strawberry.field(description=_RESULTS, default=None)


@strawberry.input(description="One decision.")
class CaseDecisionInput:
    case: strawberry.ID = strawberry.field(description="The case.")
    outcome: CaseOutcome = strawberry.field(description="What came out.")
    category: RiskCategory | None = strawberry.field(
        description="Null: as suspected. A sample that proves risky needs one.", default=None
    )
    note: str = strawberry.field(description="Why, up to 500 characters.", default="")


@strawberry.input(description="Input of `casesDecide`.")
class CasesDecideInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    decisions: list[CaseDecisionInput] = strawberry.field(description="1 to 200 decisions.")


@payload("IDEMPOTENCY_KEY_REUSED")
class CasesDecidePayload(Payload):
    results: list[CaseResult] | None = strawberry.field(description=_RESULTS, default=None)


@strawberry.input(description="Input of `caseReopen`.")
class CaseReopenInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    case: strawberry.ID = strawberry.field(description="The case.")
    reason: str = strawberry.field(description="Why, 1 to 500 characters.")


@payload("IDEMPOTENCY_KEY_REUSED", "CASE_NOT_CLOSED")
class CaseReopenPayload(Payload):
    case: Case | None = strawberry.field(description="The case.", default=None)


@strawberry.input(description="Input of `caseNoteAdd`.")
class CaseNoteAddInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    case: strawberry.ID = strawberry.field(description="The case.")
    text: str = strawberry.field(description="The note, 1 to 500 characters.")


@payload("IDEMPOTENCY_KEY_REUSED")
class CaseNoteAddPayload(Payload):
    case: Case | None = strawberry.field(description="The case.", default=None)


@strawberry.input(description="What a category adds to the risk of a case.")
class CategoryRiskInput:
    category: RiskCategory = strawberry.field(description="Of these cases.")
    points: int = strawberry.field(description="0 to 30.")


@strawberry.input(description="Input of `casePolicyUpdate`.")
class CasePolicyUpdateInput:
    lease_minutes: int = strawberry.field(description="1 to 1440.")
    due_hours: int = strawberry.field(description="1 to 720.")
    minutes_per_risk_point: int = strawberry.field(description="0 to 1440.")
    second_look_percent: int = strawberry.field(description="0 to 100.")
    sample_allowed_per_mille: int = strawberry.field(description="0 to 1000.")
    sample_blocked_per_mille: int = strawberry.field(description="0 to 1000.")
    minimum_sample: int = strawberry.field(description="1 to 10000.")
    category_risks: list[CategoryRiskInput] | None = strawberry.field(
        description="What categories add to the risk of a case; one that is absent: as it was.", default=None
    )
    expected_version: int = strawberry.field(description="Version you read; another one is refused.")


@payload("STALE_VERSION")
class CasePolicyUpdatePayload(Payload):
    policy: CasePolicy | None = strawberry.field(description="The new policy.", default=None)


@strawberry.input(description="Input of `evaluationSetFreeze`.")
class EvaluationSetFreezeInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    name: str = strawberry.field(description="1 to 100 characters, of this set alone.")
    from_at: datetime = strawberry.field(description="Labels decided from then on,")
    until_at: datetime = strawberry.field(description="until before then.")


@payload("IDEMPOTENCY_KEY_REUSED", "NO_LABELS", "NAME_TAKEN")
class EvaluationSetFreezePayload(Payload):
    evaluation_set: EvaluationSet | None = strawberry.field(description="The set.", default=None)


@strawberry.input(description="Input of `evaluationSetEvaluate`.")
class EvaluationSetEvaluateInput:
    evaluation_set: strawberry.ID = strawberry.field(description="The set.")


@payload(set_id="evaluationSet")
class EvaluationSetEvaluatePayload(Payload):
    result: EvaluationResult | None = strawberry.field(
        description="How the versions in force judge it.", default=None
    )


@strawberry.type
class CaseMutations:
    @mutation("Takes the next cases of the queue (领取案件); nobody else holds them until the lease ends.")
    async def cases_claim_next(
        self, info: Info, input: Input[CasesClaimNextInput]
    ) -> CasesClaimNextPayload | None:
        request = cases_pb2.ClaimNextCasesRequest(
            idempotency_key=input.idempotency_key, count=input.count, kind=number(input.kind)
        )
        answer = await info.context.clients.cases.ClaimNextCases(request)
        return CasesClaimNextPayload(cases=[Case.of(case) for case in answer.cases])

    @mutation("Holds claimed cases for another lease (续期).")
    async def case_leases_renew(
        self, info: Info, input: Input[CaseLeasesRenewInput]
    ) -> CaseLeasesRenewPayload | None:
        request = cases_pb2.RenewCaseLeasesRequest(case_ids=_uuids(input.cases))
        answer = await info.context.clients.cases.RenewCaseLeases(request)
        return CaseLeasesRenewPayload(results=[CaseResult.of(result) for result in answer.results])

    @mutation("Gives claimed cases back to the queue (退回案件).")
    async def cases_release(self, info: Info, input: Input[CasesReleaseInput]) -> CasesReleasePayload | None:
        request = cases_pb2.ReleaseCasesRequest(case_ids=_uuids(input.cases))
        answer = await info.context.clients.cases.ReleaseCases(request)
        return CasesReleasePayload(results=[CaseResult.of(result) for result in answer.results])

    @mutation("Closes cases (结案), each for itself, with what follows: violation, reversal, label.")
    async def cases_decide(self, info: Info, input: Input[CasesDecideInput]) -> CasesDecidePayload | None:
        decisions = [
            cases_pb2.CaseDecision(
                case_id=uuid_of(decision.case, "Case", f"decisions[{index}].case"),
                outcome=number(decision.outcome),
                category=number(decision.category),
                note=decision.note,
            )
            for index, decision in enumerate(input.decisions)
        ]
        request = cases_pb2.DecideCasesRequest(idempotency_key=input.idempotency_key, decisions=decisions)
        answer = await info.context.clients.cases.DecideCases(request)
        return CasesDecidePayload(results=[CaseResult.of(result) for result in answer.results])

    @mutation("Puts a closed case back into the queue (重开案件); its label is withdrawn.")
    async def case_reopen(self, info: Info, input: Input[CaseReopenInput]) -> CaseReopenPayload | None:
        request = cases_pb2.ReopenCaseRequest(
            idempotency_key=input.idempotency_key,
            case_id=uuid_of(input.case, "Case", "case"),
            reason=input.reason,
        )
        answer = await info.context.clients.cases.ReopenCase(request)
        return CaseReopenPayload(case=Case.of(answer.case))

    @mutation("Writes a note into the history of a case (备注).")
    async def case_note_add(self, info: Info, input: Input[CaseNoteAddInput]) -> CaseNoteAddPayload | None:
        request = cases_pb2.AddCaseNoteRequest(
            idempotency_key=input.idempotency_key,
            case_id=uuid_of(input.case, "Case", "case"),
            text=input.text,
        )
        answer = await info.context.clients.cases.AddCaseNote(request)
        return CaseNoteAddPayload(case=Case.of(answer.case))

    @mutation("Replaces the policy of cases.")
    async def case_policy_update(
        self, info: Info, input: Input[CasePolicyUpdateInput]
    ) -> CasePolicyUpdatePayload | None:
        policy = cases_pb2.CasePolicy(
            lease_minutes=input.lease_minutes,
            due_hours=input.due_hours,
            minutes_per_risk_point=input.minutes_per_risk_point,
            second_look_percent=input.second_look_percent,
            sample_allowed_per_mille=input.sample_allowed_per_mille,
            sample_blocked_per_mille=input.sample_blocked_per_mille,
            minimum_sample=input.minimum_sample,
            category_risks=[
                cases_pb2.CategoryRisk(category=number(it.category), points=it.points)
                for it in input.category_risks or ()
            ],
        )
        answer = await info.context.clients.cases.UpdateCasePolicy(
            cases_pb2.UpdateCasePolicyRequest(policy=policy, expected_version=input.expected_version)
        )
        return CasePolicyUpdatePayload(policy=CasePolicy.of(answer.policy))

    @mutation("Freezes the labels of a period under a name (冻结评测集).")
    async def evaluation_set_freeze(
        self, info: Info, input: Input[EvaluationSetFreezeInput]
    ) -> EvaluationSetFreezePayload | None:
        request = labels_pb2.FreezeLabelsRequest(
            idempotency_key=input.idempotency_key,
            name=input.name,
            from_at=timestamp(input.from_at),
            until_at=timestamp(input.until_at),
        )
        answer = await info.context.clients.labels.FreezeLabels(request)
        return EvaluationSetFreezePayload(evaluation_set=EvaluationSet.of(answer.set))

    @mutation("Measures the versions in force by a frozen set (评测); once for the same versions.")
    async def evaluation_set_evaluate(
        self, info: Info, input: Input[EvaluationSetEvaluateInput]
    ) -> EvaluationSetEvaluatePayload | None:
        set_id = uuid_of(input.evaluation_set, "EvaluationSet", "evaluationSet")
        answer = await info.context.clients.labels.EvaluateSet(labels_pb2.EvaluateSetRequest(set_id=set_id))
        return EvaluationSetEvaluatePayload(result=EvaluationResult.of(answer.result))


def _uuids(cases: list[strawberry.ID]) -> list[str]:
    return [uuid_of(case, "Case", f"cases[{index}]") for index, case in enumerate(cases)]
