from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from chassis.ids import new_id
from risk.domain.case import Case, CaseKind, CaseOutcome, CaseStatus, Evidence
from risk.domain.case_policy import CasePolicy
from risk.domain.case_risk import risk_of
from risk.domain.drawing import drawn
from risk.domain.errors import (
    CaseClosed,
    CaseHeld,
    CaseNotClosed,
    CategoryMissing,
    DomainError,
    InvalidPolicy,
    SecondLookIsNotOwn,
)
from risk.domain.label import LabelSource, jsonl, label_of
from risk.domain.verdict import Detector, Finding, RiskCategory, Verdict

from ..samples import NOW

PENDING, INVESTIGATING, CLOSED, REOPENED = CaseStatus
CONFIRMED, VALUABLE, FALSE_POSITIVE = CaseOutcome
LEASE = NOW + timedelta(minutes=15)
WORD = Finding(RiskCategory.ADVERT, Verdict.REVIEW, Detector.LEXICON, "兼职", 1, 3)
Step = Callable[[Case], Case]

STEPS: dict[str, Step] = {
    "claim": lambda case: case.claim("ann", LEASE),
    "renew": lambda case: case.renew("ann", LEASE),
    "release": lambda case: case.release("ann"),
    "close": lambda case: case.close("ann", CONFIRMED, None, NOW),
    "reopen": lambda case: case.reopen(NOW),
    "note": lambda case: case.note(),
}
# (state, who holds or closed it) → step of ann → state, or the refusal.
TABLE: dict[tuple[CaseStatus, str], dict[str, CaseStatus | type[DomainError]]] = {
    (PENDING, ""): {
        "claim": INVESTIGATING,
        "renew": CaseHeld,
        "release": CaseHeld,
        "close": CLOSED,
        "reopen": CaseNotClosed,
        "note": PENDING,
    },
    (INVESTIGATING, "ann"): {
        "claim": CaseHeld,
        "renew": INVESTIGATING,
        "release": PENDING,
        "close": CLOSED,
        "reopen": CaseNotClosed,
        "note": INVESTIGATING,
    },
    (INVESTIGATING, "bob"): {
        "claim": CaseHeld,
        "renew": CaseHeld,
        "release": CaseHeld,
        "close": CaseHeld,
        "reopen": CaseNotClosed,
        "note": INVESTIGATING,
    },
    (CLOSED, "ann"): {
        "claim": CaseClosed,
        "renew": CaseHeld,
        "release": CaseHeld,
        "close": CLOSED,
        "reopen": REOPENED,
        "note": CLOSED,
    },
    (CLOSED, "bob"): {
        "claim": CaseClosed,
        "renew": CaseHeld,
        "release": CaseHeld,
        "close": CaseClosed,
        "reopen": REOPENED,
        "note": CLOSED,
    },
    (REOPENED, ""): {
        "claim": INVESTIGATING,
        "renew": CaseHeld,
        "release": CaseHeld,
        "close": CLOSED,
        "reopen": CaseNotClosed,
        "note": REOPENED,
    },
}


def case(status: CaseStatus = PENDING, reviewer: str = "", kind: CaseKind = CaseKind.MESSAGE_REVIEW) -> Case:
    return Case(
        id=new_id(),
        kind=kind,
        subject_id=new_id(),
        group_id=new_id(),
        member_id=new_id(),
        category=RiskCategory.ADVERT,
        risk=30,
        opened_at=NOW,
        due_at=NOW + timedelta(days=1),
        queued_as_of=NOW,
        evidence=Evidence("做兼职的来", Verdict.REVIEW, (WORD, WORD), 1, 2, "m1"),
        status=status,
        reviewer=reviewer,
        lease_until=LEASE if status is INVESTIGATING else None,
        outcome=CONFIRMED if status is CLOSED else None,
        closed_at=NOW if status is CLOSED else None,
        reopened_at=NOW if status is REOPENED else None,
    )


@pytest.mark.parametrize(
    ("status", "reviewer", "step"), [(*state, step) for state, steps in TABLE.items() for step in steps]
)
def test_every_step_from_every_state(status: CaseStatus, reviewer: str, step: str) -> None:
    outcome = TABLE[status, reviewer][step]
    before = case(status, reviewer)
    if isinstance(outcome, CaseStatus):
        after = STEPS[step](before)
        assert after.status is outcome
        assert (after.lease_until is not None) == (after.status is INVESTIGATING)
        assert (after.outcome is not None) == (after.status is CLOSED)
    else:
        with pytest.raises(outcome):
            STEPS[step](before)


def test_the_table_knows_every_state_and_every_step() -> None:
    assert {status for status, _ in TABLE} == set(CaseStatus)
    assert all(set(steps) == set(STEPS) for steps in TABLE.values())


def test_a_lease_ends_when_it_is_over() -> None:
    held = case(INVESTIGATING, "ann")
    assert held.lapse(LEASE - timedelta(microseconds=1)) is held
    assert held.lapse(LEASE).status is PENDING
    assert replace(held, reopened_at=NOW).lapse(LEASE).status is REOPENED
    assert case().lapse(LEASE).version == case().version


def test_the_same_decision_again_changes_nothing_and_another_one_is_refused() -> None:
    closed = case().close("ann", FALSE_POSITIVE, None, NOW)
    assert closed.close("ann", FALSE_POSITIVE, None, NOW + timedelta(hours=1)) is closed
    with pytest.raises(CaseClosed):
        closed.close("ann", CONFIRMED, None, NOW)


def test_a_risk_that_nobody_suspected_needs_a_category() -> None:
    sample = replace(case(kind=CaseKind.SAMPLE), category=None)
    with pytest.raises(CategoryMissing) as refusal:
        sample.close("ann", CONFIRMED, None, NOW)
    assert refusal.value.field == "category"
    assert sample.close("ann", CONFIRMED, RiskCategory.FRAUD, NOW).category is RiskCategory.FRAUD
    assert sample.close("ann", FALSE_POSITIVE, None, NOW).category is None


def test_a_second_look_is_not_for_the_first_reviewer() -> None:
    second = replace(case(kind=CaseKind.SECOND_LOOK), barred="ann")
    for step in ("claim", "close"):
        with pytest.raises(SecondLookIsNotOwn):
            STEPS[step](second)
    assert second.close("bob", CONFIRMED, None, NOW).status is CLOSED


@pytest.mark.parametrize(
    ("kind", "outcome", "category", "source"),
    [
        (CaseKind.MESSAGE_REVIEW, CONFIRMED, RiskCategory.ADVERT, LabelSource.REVIEWER),
        (CaseKind.MESSAGE_REVIEW, VALUABLE, RiskCategory.ADVERT, LabelSource.REVIEWER),
        (CaseKind.SAMPLE, FALSE_POSITIVE, None, LabelSource.REVIEWER),
        (CaseKind.APPEAL, FALSE_POSITIVE, None, LabelSource.APPEAL),
        (CaseKind.SECOND_LOOK, FALSE_POSITIVE, None, LabelSource.SECOND_LOOK),
    ],
)
def test_what_a_closed_case_teaches(
    kind: CaseKind, outcome: CaseOutcome, category: RiskCategory | None, source: LabelSource
) -> None:
    closed = case(kind=kind).close("ann", outcome, None, NOW)
    label = label_of(closed)
    assert label is not None
    assert (label.category, label.source, label.reviewer) == (category, source, "ann")
    assert label.case_id == (closed.subject_id if kind is CaseKind.SECOND_LOOK else closed.id)
    assert (label.predicted, label.words) == (RiskCategory.ADVERT, ("兼职",))
    assert (label.lexicon_version, label.policy_version, label.model_version) == (1, 2, "m1")
    assert label.drawn == (kind in (CaseKind.MESSAGE_REVIEW, CaseKind.SAMPLE))


def test_a_suspicion_teaches_without_its_name() -> None:
    """Of a name that is like one of the staff; that a blocked member is back says nothing of names."""
    imitation = Evidence("客服李*", Verdict.REVIEW)
    for evidence, counts in ((imitation, True), (Evidence("", Verdict.BLOCK), False)):
        suspected = replace(case(kind=CaseKind.FRAUD_SUSPICION), evidence=evidence)
        label = label_of(suspected.close("ann", CONFIRMED, RiskCategory.FRAUD, NOW))
        assert label is not None
        assert (label.text, label.source, label.drawn) == ("", LabelSource.SUSPICION, counts)
        assert (label.predicted, label.category) == (RiskCategory.FRAUD, RiskCategory.FRAUD)
    innocent = label_of(suspected.close("ann", FALSE_POSITIVE, None, NOW))
    assert innocent is not None
    assert innocent.category is None


def test_a_case_moves_in_the_queue_with_the_strikes_of_its_person() -> None:
    policy = CasePolicy(minutes_per_risk_point=30)
    opened = replace(case(), queued_as_of=policy.queued_as_of(NOW, 30))
    twice = opened.ranked(2, policy)
    assert (twice.strikes, twice.risk - opened.risk) == (2, 10)
    assert opened.queued_as_of - twice.queued_as_of == timedelta(hours=5)
    assert opened.ranked(9, policy).risk == opened.ranked(3, policy).risk
    assert twice.ranked(0, policy) == opened


def test_what_is_about_no_text_teaches_nothing() -> None:
    assert label_of(case(kind=CaseKind.OPINION_INCIDENT).close("ann", CONFIRMED, None, NOW)) is None
    assert label_of(case()) is None


def test_a_line_of_an_evaluation_set() -> None:
    line = jsonl("做“兼职”的来", RiskCategory.ADVERT, LabelSource.APPEAL)
    assert line == '{"source": "appeal", "text": "做“兼职”的来", "label": 1, "category": "advert"}\n'
    assert '"label": 0, "category": "ham"' in jsonl("早", None, LabelSource.REVIEWER)


def test_the_riskier_goes_first_until_the_other_has_waited() -> None:
    policy = CasePolicy()
    low, high = policy.queued_as_of(NOW, 20), policy.queued_as_of(NOW + timedelta(hours=4), 40)
    assert high < low
    assert policy.queued_as_of(NOW + timedelta(hours=11), 40) > low
    with pytest.raises(InvalidPolicy) as refusal:
        CasePolicy(lease_minutes=0)
    assert refusal.value.field == "policy.lease_minutes"
    with pytest.raises(InvalidPolicy) as refusal:
        CasePolicy(category_risks={RiskCategory.LINK: 31})
    assert refusal.value.field == "policy.category_risks"


def test_risk_stays_within_its_bounds() -> None:
    risks = [
        risk_of(verdict, category, strikes, probability)
        for verdict in Verdict
        for category in (None, *RiskCategory)
        for strikes in (0, 1, 99)
        for probability in (None, 0.0, 1.0)
    ]
    assert (min(risks), max(risks)) == (0, 100)
    assert risk_of(Verdict.REVIEW, RiskCategory.FRAUD, 0) > risk_of(Verdict.REVIEW, RiskCategory.ADVERT, 0)
    of_tenant = CasePolicy(category_risks=dict.fromkeys(RiskCategory, 30)).category_risks
    assert risk_of(Verdict.BLOCK, RiskCategory.FLOODING, 99, 1.0, of_tenant) == 100


def test_a_draw_is_the_same_whenever_it_is_asked_and_takes_its_share() -> None:
    ids = [new_id() for _ in range(20_000)]
    chosen = {one for one in ids if drawn(one, "sample", 0.05)}
    assert {one for one in ids if drawn(one, "sample", 0.05)} == chosen
    assert 800 < len(chosen) < 1_200
    assert 20 < len([one for one in chosen if drawn(one, "second look", 0.05)]) < 80
    assert all(drawn(one, "sample", 1) for one in ids)
    assert not any(drawn(one, "sample", 0) for one in ids)
