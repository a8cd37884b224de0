from dataclasses import replace
from datetime import date

import pytest

from risk.domain.agreement import Agreement, PairCount, agree
from risk.domain.quality import DrawnCount, Quality, measure
from risk.domain.verdict import RiskCategory, Verdict

MONTH = date(2026, 11, 1)
ADVERT, ABUSE = RiskCategory.ADVERT, RiskCategory.ABUSE


def count(
    verdict: Verdict,
    predicted: RiskCategory | None,
    category: RiskCategory | None,
    cases: int,
    each: float = 1.0,
    decided: bool = True,
) -> DrawnCount:
    return DrawnCount(MONTH, verdict, predicted, decided, category, cases, cases * each)


def overall(*counts: DrawnCount, minimum: int = 30) -> Quality:
    quality = measure(counts, minimum)[0]
    assert quality.category is None
    return quality


def test_a_label_stands_for_the_messages_it_was_drawn_from() -> None:
    """2 of 50 allowed ones were risky, each drawn from a thousand; 30 of 40 flagged ones were right."""
    quality = overall(
        count(Verdict.ALLOW, None, None, 48, 1_000.0),
        count(Verdict.ALLOW, None, ADVERT, 2, 1_000.0),
        count(Verdict.REVIEW, ADVERT, ADVERT, 30),
        count(Verdict.REVIEW, ADVERT, None, 10),
        minimum=30,
    )
    assert quality.labels == 90
    assert quality.precision == pytest.approx(30 / 40)
    assert quality.recall == pytest.approx(30 / 2_030)
    assert quality.false_positive_rate == pytest.approx(10 / 48_010)
    assert quality.accuracy == pytest.approx(48_030 / 50_040)


def test_cases_not_decided_yet_are_stood_for_by_those_of_the_same_verdict() -> None:
    counts = [
        count(Verdict.ALLOW, None, None, 40),
        count(Verdict.REVIEW, ADVERT, ADVERT, 30),
        count(Verdict.BLOCK, ADVERT, None, 30),
    ]
    assert overall(*counts).precision == pytest.approx(0.5)
    waiting = count(Verdict.REVIEW, ADVERT, None, 30, decided=False)
    assert overall(*counts, waiting).precision == pytest.approx(60 / 90)


def test_too_few_labels_leave_a_rate_unknown() -> None:
    flagged = count(Verdict.REVIEW, ADVERT, ADVERT, 29), count(Verdict.REVIEW, ADVERT, None, 1)
    quality = overall(*flagged, count(Verdict.ALLOW, None, None, 29))
    assert quality.precision == pytest.approx(29 / 30)
    assert (quality.accuracy, quality.recall, quality.false_positive_rate) == (None, None, None)
    quality = overall(*flagged, count(Verdict.ALLOW, None, None, 30))
    assert quality.recall is None, "29 risky texts"
    assert quality.accuracy is not None


def test_a_verdict_of_which_nothing_is_decided_leaves_all_unknown() -> None:
    quality = overall(
        count(Verdict.REVIEW, ADVERT, ADVERT, 50),
        count(Verdict.ALLOW, None, None, 50),
        count(Verdict.BLOCK, ADVERT, None, 3, decided=False),
    )
    assert (quality.accuracy, quality.precision) == (None, None)


def test_each_category_against_all_others() -> None:
    counts = [
        count(Verdict.ALLOW, None, None, 100),
        count(Verdict.REVIEW, ADVERT, ADVERT, 30),
        count(Verdict.REVIEW, ADVERT, ABUSE, 10),
        count(Verdict.REVIEW, ABUSE, ABUSE, 30),
    ]
    of = {quality.category: quality for quality in measure(counts, 30)}
    assert set(of) == {None, ADVERT, ABUSE}
    assert of[None].precision == pytest.approx(1)
    assert of[ADVERT].precision == pytest.approx(0.75)
    assert of[ABUSE].recall == pytest.approx(0.75)


def test_suspected_names_count_for_fraud_alone() -> None:
    """30 of 40 suspected names were imitations, and 30 of 60 messages called fraud were some."""
    fraud = RiskCategory.FRAUD
    messages = [
        count(Verdict.ALLOW, None, None, 100),
        count(Verdict.BLOCK, fraud, fraud, 30),
        count(Verdict.BLOCK, fraud, None, 30),
        count(Verdict.ALLOW, None, fraud, 10),
        count(Verdict.REVIEW, ADVERT, ADVERT, 30),
    ]
    names = [
        replace(count(Verdict.REVIEW, fraud, category, cases), of_name=True)
        for category, cases in ((fraud, 30), (None, 10))
    ]
    before, after = (
        {quality.category: quality for quality in measure(counts, 30)}
        for counts in (messages, [*messages, *names])
    )
    assert (after[None], after[ADVERT]) == (before[None], before[ADVERT])
    assert before[fraud].precision == pytest.approx(30 / 60)
    assert after[fraud].precision == pytest.approx(60 / 100)
    assert after[fraud].accuracy == pytest.approx(190 / 240)
    assert after[fraud].labels == before[fraud].labels + 40
    rates = "recall", "false_positive_rate"
    assert [getattr(after[fraud], it) for it in rates] == [getattr(before[fraud], it) for it in rates]


def agreement(pairs: list[PairCount]) -> dict[RiskCategory | None, Agreement]:
    return {one.category: one for one in agree(pairs, 30)}


def test_kappa_takes_away_what_chance_gives() -> None:
    """The example of 50 applications: 20 both yes, 15 both no, 5 and 10 apart: 0.7, of which chance 0.5."""
    of = agreement(
        [
            PairCount(MONTH, ADVERT, ADVERT, 20),
            PairCount(MONTH, ADVERT, None, 5),
            PairCount(MONTH, None, ADVERT, 10),
            PairCount(MONTH, None, None, 15),
        ]
    )
    assert (of[None].pairs, of[None].agreement) == (50, pytest.approx(0.7))
    assert of[None].kappa == pytest.approx(0.4)
    assert of[ADVERT].kappa == pytest.approx(0.4)


def test_agreement_is_unknown_of_few_pairs_and_kappa_where_chance_always_agrees() -> None:
    assert agreement([PairCount(MONTH, None, None, 29)])[None].agreement is None
    always = agreement([PairCount(MONTH, None, None, 30)])[None]
    assert (always.agreement, always.kappa) == (1, None)


def test_nothing_drawn_is_no_series() -> None:
    assert measure([], 30) == []
    assert agree([], 30) == []
