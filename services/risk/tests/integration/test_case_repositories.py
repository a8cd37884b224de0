"""What the use cases of cases and labels rely on, asked of the fake and of PostgreSQL alike."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from chassis.database import Database
from chassis.ids import new_id
from chassis.keyset import decode_cursor, encode_cursor
from chassis.paging import PageRequest
from chassis.testbed.tenants import register
from risk.adapters.instructions import ChineseInstructions
from risk.application.add_case_note import add_case_note
from risk.application.case_ports import CaseListing
from risk.application.claim_cases import claim_next_cases
from risk.application.decide_cases import CaseDecision, decide_cases
from risk.application.evaluate_set import evaluate_set
from risk.application.freeze_labels import freeze_labels
from risk.application.label_ports import WordSuggestion
from risk.application.measure_screening import measure_agreement, measure_screening
from risk.application.open_cases import Opening, open_cases
from risk.application.ports import Transactions
from risk.application.put_words import put_words
from risk.application.reopen_case import reopen_case
from risk.domain.case import Case, CaseKind, CaseOutcome, CaseStatus, Evidence
from risk.domain.case_policy import CasePolicy
from risk.domain.case_risk import OF_CATEGORY
from risk.domain.case_step import CaseStepKind
from risk.domain.errors import EvaluationSetNotFound, NameTaken, StaleVersion
from risk.domain.evaluation import EvaluationItem
from risk.domain.label import LabelSource
from risk.domain.verdict import Detector, Finding, RiskCategory, Verdict

from ..samples import EDITOR, NORMALISER, NOW, allowed, message
from ..unit.case_fakes import NOTHING_DRAWN
from ..unit.fakes import FakeTransactions
from .conftest import SCREENERS, screen

ALL = PageRequest(100, count_total=True)
HOUR = timedelta(hours=1)
CONFIRMED, VALUABLE, FALSE_POSITIVE = CaseOutcome
WORD = Finding(RiskCategory.ADVERT, Verdict.REVIEW, Detector.LEXICON, "兼职", 1, 3)
WORDS = ChineseInstructions()


@pytest.fixture(params=["fake", "sql"])
async def transactions(request: pytest.FixtureRequest, database: Database, tenant_id: UUID) -> Transactions:
    """Of a registered tenant that draws nothing."""
    await register(database, tenant_id)
    chosen: Transactions = (
        FakeTransactions() if request.param == "fake" else request.getfixturevalue("sql_transactions")
    )
    async with chosen(tenant_id) as uow:
        await uow.case_policies.add(replace(NOTHING_DRAWN, minimum_sample=1), NOW)
    return chosen


def opening(
    kind: CaseKind = CaseKind.MESSAGE_REVIEW,
    category: RiskCategory | None = RiskCategory.ADVERT,
    verdict: Verdict = Verdict.REVIEW,
    weight: float = 1.0,
    barred: str = "",
) -> Opening:
    findings = (replace(WORD, verdict=verdict),) if verdict > Verdict.ALLOW else ()
    evidence = Evidence("做兼职的来", verdict, findings, 3, 4, "m1")
    return Opening(kind, new_id(), new_id(), new_id(), category, evidence, "因为", None, weight, barred)


async def opened(
    transactions: Transactions, tenant_id: UUID, *openings: Opening, at: datetime = NOW
) -> Sequence[Case]:
    async with transactions(tenant_id) as uow:
        return await open_cases(uow, openings, at)


async def decided(
    transactions: Transactions,
    tenant_id: UUID,
    case: Case,
    outcome: CaseOutcome,
    reviewer: str = "ann",
    at: datetime = NOW,
) -> None:
    async with transactions(tenant_id) as uow:
        category = RiskCategory.ADVERT if outcome is CONFIRMED else None
        [result] = await decide_cases(uow, WORDS, reviewer, [CaseDecision(case.id, outcome, category)], at)
    assert result.refusal is None


async def test_a_case_is_kept_as_it_was_opened(transactions: Transactions, tenant_id: UUID) -> None:
    asked = opening(CaseKind.PAYMENT_TALK, weight=2.5, barred="ann")
    nowhere = replace(opening(CaseKind.SECURITY_FINDING, None), group_id=None, member_id=None)
    [case, plain] = await opened(transactions, tenant_id, asked, nowhere)
    async with transactions(tenant_id) as uow:
        assert sorted(await uow.cases.many([case.id, plain.id]), key=lambda it: it.id) == [case, plain]
        assert await uow.cases.about(CaseKind.PAYMENT_TALK, asked.subject_id) == case
        assert await uow.cases.about(CaseKind.APPEAL, asked.subject_id) is None
        assert await open_cases(uow, [asked, opening()], NOW) != []
        assert (await uow.cases.page(ALL, CaseListing())).total_count == 3
        noted = await add_case_note(uow, case.id, "bob", "问过了", NOW + HOUR)
        [first, second] = (await uow.cases.steps([case.id, plain.id]))[case.id]
    assert (first.kind, first.text, first.was) == (CaseStepKind.OPENED, "因为", None)
    assert (second.kind, second.by, second.number) == (CaseStepKind.NOTED, "bob", noted.version)


async def test_a_whole_batch_of_cases_is_opened_at_once(transactions: Transactions, tenant_id: UUID) -> None:
    assert len(await opened(transactions, tenant_id, *(opening() for _ in range(1_500)))) == 1_500


async def test_the_queue_is_paged_by_risk_and_age(transactions: Transactions, tenant_id: UUID) -> None:
    openings = [opening(), opening(category=RiskCategory.FRAUD), opening(verdict=Verdict.BLOCK), opening()]
    cases = [
        case
        for number, one in enumerate(openings)
        for case in await opened(transactions, tenant_id, one, at=NOW + number * HOUR)
    ]
    request, seen = PageRequest(2), list[Case]()
    while True:
        async with transactions(tenant_id) as uow:
            page = await uow.cases.page(request, CaseListing())
        seen += page.items
        if not page.has_next_page:
            break
        request = replace(request, after=decode_cursor(encode_cursor(*page.keys[-1])))
    assert seen == sorted(cases, key=lambda case: case.queued_as_of)
    assert [cases.index(case) for case in seen] == [1, 2, 0, 3]


async def test_cases_are_found_by_what_is_asked(transactions: Transactions, tenant_id: UUID) -> None:
    [case, other] = await opened(
        transactions, tenant_id, opening(), opening(CaseKind.FRAUD_SUSPICION, RiskCategory.FRAUD)
    )
    async with transactions(tenant_id) as uow:
        await claim_next_cases(uow, "ann", 1, CaseKind.FRAUD_SUSPICION, NOW)

    async def found(**asked: object) -> list[UUID]:
        async with transactions(tenant_id) as uow:
            page = await uow.cases.page(ALL, CaseListing(**asked))  # type: ignore[arg-type]
        return sorted(it.id for it in page.items)

    both = sorted([case.id, other.id])
    assert await found() == both
    assert await found(statuses=[CaseStatus.INVESTIGATING]) == [other.id]
    assert await found(kind=CaseKind.MESSAGE_REVIEW) == [case.id]
    assert await found(category=RiskCategory.FRAUD) == [other.id]
    assert await found(group_id=case.group_id, member_ids=[case.member_id]) == [case.id]
    assert await found(group_id=case.group_id, member_ids=[other.member_id]) == []
    assert await found(member_ids=[case.member_id, other.member_id]) == both
    assert await found(reviewer="ann") == [other.id]
    assert await found(overdue_at=case.due_at) == []
    assert await found(overdue_at=case.due_at + HOUR) == both
    await decided(transactions, tenant_id, case, FALSE_POSITIVE)
    assert await found() == await found(overdue_at=case.due_at + HOUR) == [other.id]
    assert await found(statuses=list(CaseStatus)) == both


async def test_the_next_ones_leave_out_what_a_reviewer_may_not_judge(
    transactions: Transactions, tenant_id: UUID
) -> None:
    [barred, free] = await opened(
        transactions, tenant_id, opening(CaseKind.SECOND_LOOK, barred="ann"), opening(CaseKind.SAMPLE)
    )
    async with transactions(tenant_id) as uow:
        assert [it.id for it in await uow.cases.hold_next(9, None, "ann")] == [free.id]
        assert await uow.cases.hold_next(9, CaseKind.SECOND_LOOK, "ann") == []
        assert [it.id for it in await uow.cases.hold_next(9, CaseKind.SECOND_LOOK, "bob")] == [barred.id]
        claimed = barred.claim("bob", NOW + HOUR)
        await uow.cases.save([claimed])
        assert await uow.cases.hold([barred.id, new_id()]) == {barred.id: claimed}


async def test_policies_by_version(transactions: Transactions, tenant_id: UUID) -> None:
    async with transactions(new_id()) as uow:
        assert await uow.case_policies.current() == CasePolicy()
    async with transactions(tenant_id) as uow:
        changed = CasePolicy(
            version=2, lease_minutes=7, category_risks={**OF_CATEGORY, RiskCategory.LINK: 30}
        )
        await uow.case_policies.add(changed, NOW)
        assert await uow.case_policies.current() == changed
        with pytest.raises(StaleVersion):
            await uow.case_policies.add(changed, NOW)


async def test_a_label_is_replaced_and_withdrawn(transactions: Transactions, tenant_id: UUID) -> None:
    [case] = await opened(transactions, tenant_id, opening())
    await decided(transactions, tenant_id, case, VALUABLE)
    async with transactions(tenant_id) as uow:
        [label] = await uow.labels.decided(NOW, NOW + HOUR)
        assert (label.case_id, label.category, label.words) == (case.id, RiskCategory.ADVERT, ("兼职",))
        assert (label.lexicon_version, label.policy_version, label.model_version) == (3, 4, "m1")
        assert await uow.labels.decided(NOW - HOUR, NOW) == []
        await uow.labels.put([replace(label, category=None), replace(label, source=LabelSource.SECOND_LOOK)])
        assert await uow.labels.decided(NOW, NOW + HOUR) == [replace(label, category=None)]
        await reopen_case(uow, case.id, "ann", "看错了", NOW)
        assert await uow.labels.decided(NOW, NOW + HOUR) == []


async def test_months_begin_in_the_zone_of_the_tenant(transactions: Transactions, tenant_id: UUID) -> None:
    """16:30 on the last of November in UTC is December in Shanghai."""
    late = NOW.replace(day=30, hour=16, minute=30)
    [first] = await opened(transactions, tenant_id, opening())
    [second] = await opened(transactions, tenant_id, opening(), at=late)
    for case in (first, second):
        await decided(transactions, tenant_id, case, CONFIRMED, at=late)
    async with transactions(tenant_id) as uow:
        series = await measure_screening(uow, date(2026, 11, 1), date(2026, 12, 31))
        assert [it.month for it in series if it.category is None] == [date(2026, 11, 1), date(2026, 12, 1)]
        november = await measure_screening(uow, date(2026, 11, 1), date(2026, 11, 30))
        assert {it.month for it in november} == {date(2026, 11, 1)}


async def test_quality_counts_drawn_ones_by_weight(transactions: Transactions, tenant_id: UUID) -> None:
    sample = opening(CaseKind.SAMPLE, None, Verdict.ALLOW, weight=10.0)
    cases = await opened(
        transactions,
        tenant_id,
        *(replace(sample, subject_id=new_id()) for _ in range(4)),
        *(opening() for _ in range(3)),
        opening(CaseKind.APPEAL),
    )
    outcomes = [
        CONFIRMED,
        FALSE_POSITIVE,
        FALSE_POSITIVE,
        None,
        CONFIRMED,
        CONFIRMED,
        FALSE_POSITIVE,
        CONFIRMED,
    ]
    for case, outcome in zip(cases, outcomes, strict=True):
        if outcome is not None:
            await decided(transactions, tenant_id, case, outcome)
    async with transactions(tenant_id) as uow:
        whole, advert = await measure_screening(uow, date(2026, 11, 1), date(2026, 11, 30))
    assert whole.labels == 6, "the appeal is no random choice, one sample waits"
    assert whole.precision == pytest.approx(2 / 3)
    assert whole.recall == pytest.approx(2 / (2 + 40 / 3))
    assert advert.category is RiskCategory.ADVERT


async def test_agreement_of_two_reviewers(transactions: Transactions, tenant_id: UUID) -> None:
    async with transactions(tenant_id) as uow:
        every = replace(NOTHING_DRAWN, version=2, second_look_percent=100, minimum_sample=1)
        await uow.case_policies.add(every, NOW)
    cases = await opened(transactions, tenant_id, *(opening() for _ in range(4)))
    for case, first, second in zip(
        cases,
        (CONFIRMED, CONFIRMED, FALSE_POSITIVE, FALSE_POSITIVE),
        (CONFIRMED, FALSE_POSITIVE, FALSE_POSITIVE, FALSE_POSITIVE),
        strict=True,
    ):
        await decided(transactions, tenant_id, case, first)
        async with transactions(tenant_id) as uow:
            look = await uow.cases.about(CaseKind.SECOND_LOOK, case.id)
        assert look is not None
        await decided(transactions, tenant_id, look, second, "bob")
    async with transactions(tenant_id) as uow:
        whole, advert = await measure_agreement(uow, date(2026, 11, 1), date(2026, 11, 30))
    assert (whole.pairs, whole.agreement, whole.kappa) == (4, 0.75, pytest.approx(0.5))
    assert advert.kappa == pytest.approx(0.5)


async def test_suggestions_leave_out_what_is_allowed(transactions: Transactions, tenant_id: UUID) -> None:
    for case in await opened(transactions, tenant_id, opening(), opening()):
        await decided(transactions, tenant_id, case, FALSE_POSITIVE)
    async with transactions(tenant_id) as uow:
        assert await uow.labels.suggestions(5) == [WordSuggestion("兼职", 2, 0)]
        await put_words(uow, NORMALISER, [allowed("兼职")], EDITOR)
        assert await uow.labels.suggestions(5) == []


async def test_what_is_frozen_stays(transactions: Transactions, tenant_id: UUID) -> None:
    for case, outcome in zip(
        await opened(transactions, tenant_id, opening(), opening(CaseKind.APPEAL)),
        (CONFIRMED, FALSE_POSITIVE),
        strict=True,
    ):
        await decided(transactions, tenant_id, case, outcome)
    async with transactions(tenant_id) as uow:
        frozen = await freeze_labels(uow, "十一月", NOW, NOW + HOUR, "ann", NOW)
        assert await uow.evaluation_sets.get(frozen.id) == frozen
        assert (await uow.evaluation_sets.page(ALL)).items == [frozen]
        items = await uow.evaluation_sets.items(frozen.id, 0, 10)
        assert {(it.text, it.category, it.source) for it in items} == {
            ("做兼职的来", RiskCategory.ADVERT, LabelSource.REVIEWER),
            ("做兼职的来", None, LabelSource.APPEAL),
        }
        assert await uow.evaluation_sets.items(frozen.id, 1, 10) == items[1:]
        assert isinstance(items[0], EvaluationItem)
        result = await evaluate_set(uow, SCREENERS, frozen.id, NOW)
        assert await evaluate_set(uow, SCREENERS, frozen.id, NOW + HOUR) == result
        assert await uow.evaluation_sets.results([frozen.id, new_id()]) == [result]
        with pytest.raises(EvaluationSetNotFound):
            await uow.evaluation_sets.get(new_id())
        with pytest.raises(NameTaken):
            await freeze_labels(uow, "十一月", NOW, NOW + HOUR, "ann", NOW)


async def test_a_confirmed_message_becomes_a_violation(transactions: Transactions, tenant_id: UUID) -> None:
    await screen(transactions, tenant_id, [sent := message("做兼职的来")])
    async with transactions(tenant_id) as uow:
        case = await uow.cases.about(CaseKind.MESSAGE_REVIEW, sent.activity_id)
    assert case is not None
    await decided(transactions, tenant_id, case, CONFIRMED)
    async with transactions(tenant_id) as uow:
        [violation] = await uow.violations.of_activities([sent.activity_id])
        assert (violation.strike, violation.member_id) == (1, sent.member_id)
        await reopen_case(uow, case.id, "ann", "看错了", NOW)
    await decided(transactions, tenant_id, case, FALSE_POSITIVE)
    async with transactions(tenant_id) as uow:
        assert await uow.violations.strikes({sent.member_id}, NOW - HOUR) == {}
        [task] = await uow.moderator_tasks.of_violations([violation.id])
        assert not task.is_pending
