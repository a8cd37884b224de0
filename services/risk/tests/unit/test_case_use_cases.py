from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from chassis.ids import new_id
from risk.adapters.instructions import ChineseInstructions
from risk.application.add_case_note import add_case_note
from risk.application.appeal_violation import appeal_violation
from risk.application.case_ports import CASE_LEASE
from risk.application.case_results import CaseResult
from risk.application.claim_cases import claim_next_cases
from risk.application.decide_appeal import decide_appeal
from risk.application.decide_cases import CaseDecision, decide_cases
from risk.application.evaluate_set import evaluate_set
from risk.application.freeze_labels import freeze_labels
from risk.application.measure_screening import measure_agreement, measure_screening
from risk.application.open_cases import Opening, open_cases
from risk.application.ports import TASK_DEADLINE
from risk.application.release_cases import release_cases
from risk.application.renew_case_leases import renew_case_leases
from risk.application.reopen_case import reopen_case
from risk.application.return_lapsed_cases import return_lapsed_cases
from risk.application.screen_messages import screen_messages
from risk.application.update_case_policy import update_case_policy
from risk.bootstrap import follow_ups
from risk.domain import events
from risk.domain.case import Case, CaseKind, CaseOutcome, CaseStatus, Evidence
from risk.domain.case_policy import CasePolicy
from risk.domain.case_step import CaseStepKind
from risk.domain.decision import Message
from risk.domain.errors import (
    CaseHeld,
    CaseNotFound,
    InvalidPeriod,
    NameTaken,
    NoLabels,
    StaleVersion,
)
from risk.domain.label import LabelSource
from risk.domain.verdict import RiskCategory, Verdict
from risk.domain.violation import ViolationStatus

from ..samples import ADVERT, NOW, message
from .case_fakes import NOTHING_DRAWN
from .fakes import FakeUnitOfWork, Rows
from .test_use_cases import SCREENERS

FOLLOW_UPS = follow_ups()
WORDS = ChineseInstructions()
DOUBTFUL = "做兼职的来"
CONFIRMED, VALUABLE, FALSE_POSITIVE = CaseOutcome
HOUR = timedelta(hours=1)


@pytest.fixture
def uow() -> FakeUnitOfWork:
    rows = Rows(new_id())
    rows.of_cases.policies.append(NOTHING_DRAWN)
    return FakeUnitOfWork(rows)


async def screen(uow: FakeUnitOfWork, *messages: Message) -> None:
    await screen_messages(uow, SCREENERS, FOLLOW_UPS, messages, NOW)


async def reviewed(uow: FakeUnitOfWork, text: str = DOUBTFUL) -> Case:
    """The case of a new message that is left to a person."""
    await screen(uow, sent := message(text))
    case = await uow.cases.about(CaseKind.MESSAGE_REVIEW, sent.activity_id)
    assert case is not None
    return case


async def appealed(uow: FakeUnitOfWork) -> Case:
    await screen(uow, message(ADVERT))
    [violation] = [it for it in uow.rows.violations.values() if it.status is ViolationStatus.OPEN]
    await appeal_violation(uow, violation.id, "不是我发的", NOW)
    case = await uow.cases.about(CaseKind.APPEAL, violation.id)
    assert case is not None
    return case


async def decide(
    uow: FakeUnitOfWork,
    case: Case,
    outcome: CaseOutcome,
    reviewer: str = "ann",
    category: RiskCategory | None = None,
) -> CaseResult:
    [result] = await decide_cases(
        uow, WORDS, reviewer, [CaseDecision(case.id, outcome, category, "看过")], NOW
    )
    return result


def kinds(uow: FakeUnitOfWork, case: Case) -> list[CaseStepKind]:
    return [step.kind for step in uow.rows.of_cases.steps if step.case_id == case.id]


def pending(uow: FakeUnitOfWork) -> set[str]:
    """Kinds of timers of cases and tasks that wait."""
    return {kind for kind, _ in uow.rows.timers} & {CASE_LEASE, TASK_DEADLINE}


async def test_a_doubtful_message_opens_one_case_with_what_was_found(uow: FakeUnitOfWork) -> None:
    batch = [message(DOUBTFUL), message()]
    await screen(uow, *batch)
    await screen(uow, *batch)
    [case] = uow.rows.of_cases.cases.values()
    assert (case.kind, case.status, case.category) == (
        CaseKind.MESSAGE_REVIEW,
        CaseStatus.PENDING,
        RiskCategory.ADVERT,
    )
    assert case.evidence.words == ("兼职",)
    assert (case.due_at - case.opened_at, case.risk) == (timedelta(hours=24), 30)
    assert uow.rows.of(events.CaseOpened) == [events.CaseOpened(case)]
    assert kinds(uow, case) == [CaseStepKind.OPENED]


async def test_samples_are_drawn_from_allowed_and_blocked_messages(uow: FakeUnitOfWork) -> None:
    uow.rows.of_cases.policies.append(
        replace(NOTHING_DRAWN, version=2, sample_allowed_per_mille=500, sample_blocked_per_mille=1_000)
    )
    await screen(uow, *(message(f"今天很好{number}") for number in range(200)), message(ADVERT))
    samples = [it for it in uow.rows.of_cases.cases.values() if it.kind is CaseKind.SAMPLE]
    allowed = [it for it in samples if it.evidence.verdict is Verdict.ALLOW]
    [blocked] = [it for it in samples if it.evidence.verdict is Verdict.BLOCK]
    assert 60 < len(allowed) < 140
    assert {it.weight for it in allowed} == {2.0}
    assert all(it.category is None and it.evidence.masked_text.startswith("今天") for it in allowed)
    assert blocked.weight == 1.0
    assert "wx_88888" not in blocked.evidence.masked_text


async def test_history_opens_no_case(uow: FakeUnitOfWork) -> None:
    await screen(uow, message(DOUBTFUL, occurred_at=NOW - timedelta(days=2)))
    assert not uow.rows.of_cases.cases


async def test_any_part_of_the_service_opens_cases_once(uow: FakeUnitOfWork) -> None:
    evidence = Evidence("请转账到这个账户", Verdict.REVIEW)
    opening = Opening(CaseKind.PAYMENT_TALK, new_id(), None, None, RiskCategory.FRAUD, evidence, "首日谈钱")
    [case] = await open_cases(uow, [opening, opening], NOW)
    assert await open_cases(uow, [opening], NOW) == []
    assert [step.text for step in uow.rows.of_cases.steps] == ["首日谈钱"]
    assert case.queued_as_of < NOW


async def test_the_queue_is_claimed_riskiest_first(uow: FakeUnitOfWork) -> None:
    advert = await reviewed(uow)
    evidence = Evidence("请转账到这个账户", Verdict.REVIEW)
    talk = Opening(CaseKind.PAYMENT_TALK, new_id(), None, None, RiskCategory.FRAUD, evidence)
    [fraud] = await open_cases(uow, [talk], NOW + HOUR)
    assert fraud.risk > advert.risk
    [first] = await claim_next_cases(uow, "ann", 1, None, NOW)
    [second] = await claim_next_cases(uow, "bob", 5, None, NOW)
    assert (first.id, second.id) == (fraud.id, advert.id)
    assert (first.reviewer, first.lease_until) == ("ann", NOW + timedelta(minutes=15))
    assert await claim_next_cases(uow, "cat", 5, None, NOW) == []
    assert uow.rows.timers[CASE_LEASE, str(first.id)] == NOW + timedelta(minutes=15)


async def test_a_lease_is_renewed_released_or_ends(uow: FakeUnitOfWork) -> None:
    case = await reviewed(uow)
    await claim_next_cases(uow, "ann", 1, None, NOW)
    [renewed] = await renew_case_leases(uow, "ann", [case.id], NOW + timedelta(minutes=10))
    assert renewed.case is not None
    await return_lapsed_cases(uow, [case.id], NOW + timedelta(minutes=20))
    assert uow.rows.of_cases.cases[case.id].status is CaseStatus.INVESTIGATING
    [refused, unknown] = await release_cases(uow, "bob", [case.id, new_id()], NOW)
    assert isinstance(refused.refusal, CaseHeld)
    assert isinstance(unknown.refusal, CaseNotFound)
    await return_lapsed_cases(uow, [case.id], NOW + timedelta(minutes=25))
    await claim_next_cases(uow, "bob", 1, None, NOW)
    await release_cases(uow, "bob", [case.id], NOW)
    assert uow.rows.of_cases.cases[case.id].status is CaseStatus.PENDING
    assert not pending(uow)
    assert kinds(uow, case) == [
        CaseStepKind.OPENED,
        CaseStepKind.CLAIMED,
        CaseStepKind.LAPSED,
        CaseStepKind.CLAIMED,
        CaseStepKind.RELEASED,
    ]


async def test_a_confirmed_message_is_the_next_strike_of_its_member(uow: FakeUnitOfWork) -> None:
    member, group = new_id(), new_id()
    await screen(uow, message(ADVERT, member, group), sent := message(DOUBTFUL, member, group))
    case = await uow.cases.about(CaseKind.MESSAGE_REVIEW, sent.activity_id)
    assert case is not None
    result = await decide(uow, case, CONFIRMED)
    assert result.case is not None
    assert (result.case.status, result.case.outcome) == (CaseStatus.CLOSED, CONFIRMED)
    [violation] = await uow.violations.of_activities([sent.activity_id])
    assert (violation.strike, violation.member_id, violation.category) == (2, member, RiskCategory.ADVERT)
    [task] = await uow.moderator_tasks.of_violations([violation.id])
    assert task.due_at == NOW + HOUR
    assert await decide(uow, case, CONFIRMED) == result
    assert len(uow.rows.violations) == 2
    assert len(uow.rows.of(events.CaseClosed)) == 1


async def test_a_decision_taken_back_takes_its_violation_back(uow: FakeUnitOfWork) -> None:
    case = await reviewed(uow)
    await decide(uow, case, CONFIRMED)
    reopened = await reopen_case(uow, case.id, "bob", "看错了", NOW)
    assert reopened.status is CaseStatus.REOPENED
    assert not uow.rows.of_cases.labels
    await decide(uow, case, FALSE_POSITIVE, "bob")
    [violation] = uow.rows.violations.values()
    assert violation.status is ViolationStatus.REVERSED
    assert not pending(uow)
    [label] = uow.rows.of_cases.labels.values()
    assert (label.category, label.reviewer) == (None, "bob")
    assert len(uow.rows.of(events.ViolationReversed)) == len(uow.rows.of(events.CaseReopened)) == 1


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (CONFIRMED, ViolationStatus.OPEN),
        (VALUABLE, ViolationStatus.REVERSED),
        (FALSE_POSITIVE, ViolationStatus.REVERSED),
    ],
)
async def test_an_appeal_is_a_case(
    uow: FakeUnitOfWork, outcome: CaseOutcome, status: ViolationStatus
) -> None:
    case = await appealed(uow)
    assert case.evidence.findings
    assert uow.rows.of_cases.steps[0].text == "不是我发的"
    await decide(uow, case, outcome)
    assert uow.rows.violations[case.subject_id].status is status
    [label] = uow.rows.of_cases.labels.values()
    assert (label.source, label.drawn) == (LabelSource.APPEAL, False)


@pytest.mark.parametrize("stands", [True, False])
async def test_an_appeal_decided_where_violations_are_listed_closes_its_case(
    uow: FakeUnitOfWork, stands: bool
) -> None:
    case = await appealed(uow)
    violation = await decide_appeal(uow, WORDS, case.subject_id, stands, "ann", NOW)
    assert (violation.status is ViolationStatus.REVERSED) is not stands
    assert uow.rows.of_cases.cases[case.id].outcome is (CONFIRMED if stands else FALSE_POSITIVE)


async def test_an_appeal_that_another_reviewer_holds_is_left_to_them(uow: FakeUnitOfWork) -> None:
    case = await appealed(uow)
    await claim_next_cases(uow, "bob", 1, CaseKind.APPEAL, NOW)
    with pytest.raises(CaseHeld):
        await decide_appeal(uow, WORDS, case.subject_id, False, "ann", NOW)


async def test_an_open_violation_is_dismissed_without_a_case(uow: FakeUnitOfWork) -> None:
    await screen(uow, message(ADVERT))
    [violation] = uow.rows.violations.values()
    dismissed = await decide_appeal(uow, WORDS, violation.id, False, "ann", NOW)
    assert dismissed.status is ViolationStatus.REVERSED


async def test_words_that_hit_harmless_texts_are_suggested(uow: FakeUnitOfWork) -> None:
    first, second = await reviewed(uow), await reviewed(uow)
    await decide(uow, first, FALSE_POSITIVE)
    await decide(uow, second, CONFIRMED)
    [suggestion] = await uow.labels.suggestions(10)
    assert (suggestion.word, suggestion.false_alarms, suggestion.confirmed) == ("兼职", 1, 1)


async def test_refused_ones_do_not_hinder_the_others(uow: FakeUnitOfWork) -> None:
    held, free = await reviewed(uow), await reviewed(uow)
    [claimed] = await claim_next_cases(uow, "bob", 1, None, NOW)
    other = free if claimed.id == held.id else held
    decisions = [CaseDecision(it, FALSE_POSITIVE) for it in (new_id(), claimed.id, other.id, other.id)]
    results = await decide_cases(uow, WORDS, "ann", decisions, NOW)
    assert [type(it.refusal).__name__ for it in results] == [
        "CaseNotFound",
        "CaseHeld",
        "NoneType",
        "NoneType",
    ]
    assert len(uow.rows.of_cases.labels) == 1


async def test_a_second_reviewer_judges_without_knowing(uow: FakeUnitOfWork) -> None:
    uow.rows.of_cases.policies.append(
        replace(NOTHING_DRAWN, version=2, second_look_percent=100, minimum_sample=1)
    )
    case = await reviewed(uow)
    await decide(uow, case, CONFIRMED)
    second = await uow.cases.about(CaseKind.SECOND_LOOK, case.id)
    assert second is not None
    assert (second.evidence, second.outcome, second.category) == (case.evidence, None, case.category)
    assert await claim_next_cases(uow, "ann", 5, None, NOW) == []
    [claimed] = await claim_next_cases(uow, "bob", 5, None, NOW)
    await decide(uow, claimed, FALSE_POSITIVE, "bob")
    assert len(uow.rows.violations) == 1, "a second look has no consequence"
    assert {source for _, source in uow.rows.of_cases.labels} == {
        LabelSource.REVIEWER,
        LabelSource.SECOND_LOOK,
    }
    assert await uow.cases.about(CaseKind.SECOND_LOOK, second.id) is None
    whole, _ = await measure_agreement(uow, date(2026, 11, 1), date(2026, 11, 30))
    assert (whole.pairs, whole.agreement) == (1, 0)


async def test_a_note_is_part_of_the_history(uow: FakeUnitOfWork) -> None:
    case = await reviewed(uow)
    await add_case_note(uow, case.id, "ann", "问过群主", NOW)
    [_, noted] = uow.rows.of_cases.steps
    assert (noted.number, noted.by, noted.text) == (2, "ann", "问过群主")
    for refused in (
        add_case_note(uow, new_id(), "ann", "?", NOW),
        reopen_case(uow, new_id(), "ann", "?", NOW),
    ):
        with pytest.raises(CaseNotFound):
            await refused


async def many_labels(uow: FakeUnitOfWork, outcomes: Sequence[CaseOutcome]) -> list[UUID]:
    cases = [await reviewed(uow) for _ in outcomes]
    for case, outcome in zip(cases, outcomes, strict=True):
        await decide(uow, case, outcome)
    return [case.id for case in cases]


async def test_labels_are_frozen_and_measured_once(uow: FakeUnitOfWork) -> None:
    [_, first_id] = await many_labels(uow, [CONFIRMED, FALSE_POSITIVE])
    frozen = await freeze_labels(uow, "十一月", NOW - HOUR, NOW + HOUR, "ann", NOW)
    result = await evaluate_set(uow, SCREENERS, frozen.id, NOW)
    assert (result.true_positives, result.false_positives) == (1, 1)
    assert (result.accuracy, result.precision, result.recall) == (0.5, 0.5, 1.0)
    assert await evaluate_set(uow, SCREENERS, frozen.id, NOW + HOUR) == result
    await reopen_case(uow, first_id, "ann", "看错了", NOW)
    assert (await uow.evaluation_sets.get(frozen.id)).labels == 2
    with pytest.raises(NameTaken):
        await freeze_labels(uow, "十一月", NOW - HOUR, NOW + HOUR, "ann", NOW)
    with pytest.raises(NoLabels):
        await freeze_labels(uow, "十月", NOW - 2 * HOUR, NOW - HOUR, "ann", NOW)
    with pytest.raises(InvalidPeriod) as refusal:
        await freeze_labels(uow, "倒", NOW, NOW, "ann", NOW)
    assert refusal.value.field == "until_at"


async def test_quality_is_a_series(uow: FakeUnitOfWork) -> None:
    uow.rows.of_cases.policies.append(replace(NOTHING_DRAWN, version=2, minimum_sample=3))
    await many_labels(uow, [CONFIRMED, CONFIRMED, FALSE_POSITIVE])
    whole, advert = await measure_screening(uow, date(2026, 11, 1), date(2026, 11, 30))
    assert (whole.month, whole.labels, whole.precision) == (date(2026, 11, 1), 3, pytest.approx(2 / 3))
    assert (advert.category, advert.recall) == (RiskCategory.ADVERT, None)
    assert await measure_screening(uow, date(2026, 10, 1), date(2026, 10, 31)) == []
    for from_date, field in ((date(2026, 12, 1), "to_date"), (date(2020, 1, 1), "from_date")):
        with pytest.raises(InvalidPeriod) as refusal:
            await measure_screening(uow, from_date, date(2026, 11, 30))
        assert refusal.value.field == field


async def test_a_policy_is_replaced_by_the_one_who_read_the_last(uow: FakeUnitOfWork) -> None:
    updated = await update_case_policy(uow, CasePolicy(lease_minutes=5), 1, NOW)
    assert (updated.version, updated.lease_minutes) == (2, 5)
    with pytest.raises(StaleVersion):
        await update_case_policy(uow, CasePolicy(), 1, NOW)
