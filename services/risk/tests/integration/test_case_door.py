"""Cases as reviewers see them: a real process, real gRPC, real messages."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import pytest

from chassis.database import Database
from chassis.ids import new_id
from chassis.testbed.tenants import register
from chassis.testbed.waiting import eventually
from chassis.timer_loop import TimerLoop
from chassis.timestamps import timestamp
from quanzi.risk.v1 import cases_pb2, labels_pb2, violations_pb2
from risk.application.ports import Transactions
from risk.entrypoints.timers import TIMERS

from ..samples import ADVERT
from .conftest import StartDoor
from .door import FIRST, Door, activity, as_caller, refusal

DOUBTFUL = "有人做兼职吗"
CONFIRMED = cases_pb2.CASE_OUTCOME_CONFIRMED_RISK
FALSE_POSITIVE = cases_pb2.CASE_OUTCOME_FALSE_POSITIVE


@pytest.fixture
async def door(open_door: StartDoor) -> Door:
    return open_door()


async def waiting(door: Door) -> list[cases_pb2.Case]:
    request = cases_pb2.ListCasesRequest(page=FIRST, kind=cases_pb2.CASE_KIND_MESSAGE_REVIEW)
    return list((await door.cases.ListCases(request)).cases)


async def doubted(door: Door, tenant_id: UUID, count: int) -> list[cases_pb2.Case]:
    """Cases of new messages."""
    await door.send(tenant_id, [activity(f"{DOUBTFUL}{number}") for number in range(count)])

    async def so_many() -> int:
        return len(await waiting(door))

    await eventually(so_many, count)
    return await waiting(door)


def deciding(key: str, *decisions: tuple[str, cases_pb2.CaseOutcome]) -> cases_pb2.DecideCasesRequest:
    return cases_pb2.DecideCasesRequest(
        idempotency_key=key,
        decisions=[cases_pb2.CaseDecision(case_id=one, outcome=outcome) for one, outcome in decisions],
    )


async def test_from_a_doubtful_message_to_a_label(door: Door, database: Database, tenant_id: UUID) -> None:
    await register(database, tenant_id)
    with as_caller(tenant_id, "moderator"):
        first, second = await doubted(door, tenant_id, 2)
        claim = cases_pb2.ClaimNextCasesRequest(idempotency_key="c1", count=1)
        [claimed] = (await door.cases.ClaimNextCases(claim)).cases
        assert (await door.cases.ClaimNextCases(claim)).cases == [claimed]
        assert (claimed.id, claimed.reviewer) == (first.id, "moderator-1")

        request = deciding(
            "d1", (first.id, CONFIRMED), (second.id, FALSE_POSITIVE), (str(new_id()), CONFIRMED)
        )
        answer = await door.cases.DecideCases(request)
        assert await door.cases.DecideCases(request) == answer
        done, harmless, unknown = answer.results
        assert (done.case.outcome, list(harmless.case.suggested_words)) == (CONFIRMED, ["兼职"])
        assert (unknown.reason, unknown.HasField("case")) == ("CASE_NOT_FOUND", False)
        [violation] = await door.opened()
        assert violation.activity_id == first.subject_id

        steps = cases_pb2.BatchGetCaseStepsRequest(case_ids=[first.id])
        [history] = (await door.cases.BatchGetCaseSteps(steps)).histories
        assert [step.kind for step in history.steps] == [
            cases_pb2.CASE_STEP_KIND_OPENED,
            cases_pb2.CASE_STEP_KIND_CLAIMED,
            cases_pb2.CASE_STEP_KIND_CLOSED,
        ]
        words = await door.labels.ListWordSuggestions(labels_pb2.ListWordSuggestionsRequest(first=5))
        assert [(it.word, it.false_alarms, it.confirmed) for it in words.suggestions] == [("兼职", 1, 1)]
        today = datetime.now(UTC).date()
        quality = labels_pb2.ListScreeningQualityRequest(
            from_date=str(today - timedelta(days=2)), to_date=str(today + timedelta(days=2))
        )
        months = (await door.labels.ListScreeningQuality(quality)).months
        assert [month.labels for month in months][:1] == [2]
        assert not months[0].HasField("precision"), "two labels are too few"

        reopen = cases_pb2.ReopenCaseRequest(idempotency_key="r1", case_id=second.id, reason="看错了")
        reopened = (await door.cases.ReopenCase(reopen)).case
        assert reopened.status == cases_pb2.CASE_STATUS_REOPENED
        reopen.idempotency_key = "r2"
        assert await refusal(door.cases.ReopenCase(reopen)) == ("CASE_NOT_CLOSED", "case_id")

        async def told() -> dict[str, int]:
            published = await door.published(tenant_id)
            return {kind: published[kind] for kind in ("case.closed", "case.reopened")}

        await eventually(told, {"case.closed": 2, "case.reopened": 1})


async def test_an_appeal_is_decided_as_a_case(door: Door, tenant_id: UUID) -> None:
    with as_caller(tenant_id):
        await door.send(tenant_id, [activity(ADVERT)])

        async def opened() -> int:
            return len(await door.opened())

        await eventually(opened, 1)
        [violation] = await door.opened()
        appeal = violations_pb2.AppealViolationRequest(
            idempotency_key="a1", violation_id=violation.id, reason="不是我发的"
        )
        await door.violations.AppealViolation(appeal)
        request = cases_pb2.ListCasesRequest(page=FIRST, kind=cases_pb2.CASE_KIND_APPEAL)
        [case] = (await door.cases.ListCases(request)).cases
        assert (case.subject_id, case.findings[0].detector != "") == (violation.id, True)
        await door.cases.DecideCases(deciding("d1", (case.id, FALSE_POSITIVE)))
        [reversed_one] = await door.opened()
        assert reversed_one.status == violations_pb2.VIOLATION_STATUS_REVERSED


async def test_a_lease_that_ends_gives_the_case_back(
    door: Door, tenant_id: UUID, database: Database, sql_transactions: Transactions
) -> None:
    with as_caller(tenant_id, "moderator"):
        [case] = await doubted(door, tenant_id, 1)
        claim = cases_pb2.ClaimNextCasesRequest(idempotency_key="c1", count=9)
        [claimed] = (await door.cases.ClaimNextCases(claim)).cases
        renewed = (
            await door.cases.RenewCaseLeases(cases_pb2.RenewCaseLeasesRequest(case_ids=[case.id]))
        ).results[0]
        lease = renewed.case.lease_until.ToDatetime(UTC)
        assert lease > claimed.lease_until.ToDatetime(UTC)
        loop = TimerLoop(database, sql_transactions, TIMERS, clock=lambda: lease + timedelta(seconds=1))
        while await loop.fire_due():
            pass
        [back] = await waiting(door)
        assert (back.status, back.reviewer) == (cases_pb2.CASE_STATUS_PENDING, "")
        released = await door.cases.ReleaseCases(cases_pb2.ReleaseCasesRequest(case_ids=[case.id]))
        assert released.results[0].reason == "CASE_HELD"


async def test_an_evaluation_set_is_frozen_exported_and_measured(door: Door, tenant_id: UUID) -> None:
    with as_caller(tenant_id):
        risky, harmless = await doubted(door, tenant_id, 2)
        await door.cases.DecideCases(deciding("d1", (risky.id, CONFIRMED), (harmless.id, FALSE_POSITIVE)))
        now = datetime.now(UTC)
        freeze = labels_pb2.FreezeLabelsRequest(
            idempotency_key="f1",
            name="首批",
            from_at=timestamp(now - timedelta(hours=1)),
            until_at=timestamp(now + timedelta(hours=1)),
        )
        frozen = (await door.labels.FreezeLabels(freeze)).set
        export = labels_pb2.ExportEvaluationSetRequest(set_id=frozen.id)
        piece = await door.labels.ExportEvaluationSet(export)
        assert sha256(piece.jsonl.encode()).hexdigest() == frozen.sha256
        lines = [json.loads(line) for line in piece.jsonl.splitlines()]
        assert {(line["label"], line["category"], line["source"]) for line in lines} == {
            (1, "advert", "reviewer"),
            (0, "ham", "reviewer"),
        }
        export.after = piece.next
        assert (await door.labels.ExportEvaluationSet(export)).jsonl == ""
        evaluate = labels_pb2.EvaluateSetRequest(set_id=frozen.id)
        result = (await door.labels.EvaluateSet(evaluate)).result
        assert (result.true_positives, result.false_positives, result.accuracy) == (1, 1, 0.5)
        results = labels_pb2.BatchGetEvaluationResultsRequest(set_ids=[frozen.id])
        assert (await door.labels.BatchGetEvaluationResults(results)).results == [result]
        sets = await door.labels.ListEvaluationSets(labels_pb2.ListEvaluationSetsRequest(page=FIRST))
        assert sets.sets == [frozen]
        freeze.idempotency_key = "f2"
        assert await refusal(door.labels.FreezeLabels(freeze)) == ("NAME_TAKEN", "name")


async def test_roles_and_tenants_are_kept_apart(door: Door, tenant_id: UUID) -> None:
    with as_caller(tenant_id):
        [case] = await doubted(door, tenant_id, 1)
        policy = (await door.cases.GetCasePolicy(cases_pb2.GetCasePolicyRequest())).policy
        assert [it.points for it in policy.category_risks] == [10, 20, 15, 20, 30, 30, 15, 10, 5]
        policy.lease_minutes = 5
        del policy.category_risks[1:]
        policy.category_risks[0].points = 25
        update = cases_pb2.UpdateCasePolicyRequest(policy=policy)
        updated = (await door.cases.UpdateCasePolicy(update)).policy
        assert (updated.version, [it.points for it in updated.category_risks][:3]) == (1, [25, 20, 15])
        assert await refusal(door.cases.UpdateCasePolicy(update)) == ("STALE_VERSION", "expected_version")
    note = cases_pb2.AddCaseNoteRequest(idempotency_key="n1", case_id=case.id, text="看看")
    with as_caller(tenant_id, "operator"):
        assert (await refusal(door.cases.AddCaseNote(note)))[0] == "NOT_ALLOWED"
    with as_caller(new_id()):
        assert await refusal(door.cases.AddCaseNote(note)) == ("CASE_NOT_FOUND", "case_id")
        assert await waiting(door) == []
