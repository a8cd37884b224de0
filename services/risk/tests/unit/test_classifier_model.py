"""States of a tenant's own model, what it learns from, and what another model would change."""

from datetime import timedelta

import pytest

from chassis.ids import new_id
from risk.domain.accuracy import Tally, is_held_back
from risk.domain.classification import FEWEST_OF_EACH, Labelled, Thresholds
from risk.domain.classifier_model import ClassifierModel, Figures, ModelState, Outcome, TrainingFailure
from risk.domain.errors import ClassifierModelNotTrained, ClassifierTooInaccurate, TooFewLabels
from risk.domain.lesson import lesson_of
from risk.domain.model_replay import replay_models
from risk.domain.replay import KeptText, Sample
from risk.domain.verdict import Detector, Finding, RiskCategory, Verdict

from ..samples import NOW, doubtful, screener

WANTED = ClassifierModel(new_id(), "admin", NOW, None)
OUTCOME = Outcome(20, 20, Figures("own", Tally(9, 1, 0, 10)), Figures("shipped", Tally(5, 5, 5, 5)))
TRAINED = WANTED.trained(OUTCOME, NOW)
LATER = NOW + timedelta(days=1)


def texts(of_each: int) -> list[Labelled]:
    return [
        Labelled(f"{sort}{number}", sort == "risky")
        for number in range(of_each)
        for sort in ("risky", "fine")
    ]


def test_from_training_to_retired_and_back() -> None:
    active = TRAINED.activated(0.95, "admin", LATER)
    assert (active.state, active.activated_at, active.activated_by) == (ModelState.ACTIVE, LATER, "admin")
    assert active.version == "own"
    assert active.retired().state is ModelState.RETIRED
    assert active.retired().activated(0.95, "other", LATER).activated_by == "other"


@pytest.mark.parametrize("model", [WANTED, WANTED.failed(TrainingFailure.GAVE_UP, NOW)])
def test_what_is_not_trained_is_not_activated(model: ClassifierModel) -> None:
    with pytest.raises(ClassifierModelNotTrained, match=model.state.name):
        model.activated(0, "admin", NOW)
    assert model.version == ""


def test_a_model_below_the_bar_is_refused_with_both_numbers() -> None:
    with pytest.raises(ClassifierTooInaccurate, match=r"95.0% accurate, the policy demands 95.1%"):
        TRAINED.activated(0.951, "admin", NOW)


def test_a_fifth_is_held_back_without_a_frozen_set() -> None:
    lesson = lesson_of(texts(50), [], None)
    assert lesson.held_back
    assert all(is_held_back(it.text) for it in lesson.held_back)
    assert not any(is_held_back(it.text) for it in lesson.learnt)
    assert len(lesson.learnt) + len(lesson.held_back) == 100


def test_what_is_frozen_is_never_learnt_however_it_is_spaced() -> None:
    lesson = lesson_of(texts(50), ["r i s k y 7", "of another set"], [Labelled("ＲＩＳＫＹ7", True)])
    assert {it.text for it in texts(50)} - {it.text for it in lesson.learnt} == {"risky7"}
    assert [it.text for it in lesson.held_back] == ["ＲＩＳＫＹ7"]


def test_the_latest_judgement_of_a_text_counts_and_counts_once() -> None:
    judged = [*texts(30), Labelled("risky 1", False), *texts(30)[4:]]
    learnt = lesson_of(judged, [], [Labelled("exam", True)]).learnt
    assert [it.is_risky for it in learnt if it.text == "risky 1"] == [False]
    assert len(learnt) == 60


def test_too_few_labels_are_refused_with_how_many_there_are_and_must_be() -> None:
    with pytest.raises(TooFewLabels, match=rf"19 risky .* {FEWEST_OF_EACH} needed. 1 more .* to measure"):
        lesson_of(texts(20), ["risky0"], [Labelled("risky0", True)])
    with pytest.raises(TooFewLabels, match="None of 40 texts is kept to measure by"):
        lesson_of(texts(20), [], [])


def kept(verdict: Verdict, *findings: Finding) -> KeptText:
    return KeptText(new_id(), "兼职", verdict, findings, 0.9)


def test_only_the_model_makes_a_difference() -> None:
    word = Finding(RiskCategory.FRAUD, Verdict.REVIEW, Detector.LEXICON, "兼职", 0, 2, overruled=True)
    flood = Finding(RiskCategory.FLOODING, Verdict.BLOCK, Detector.FLOODING, "flood", 0, 2)
    said = [kept(Verdict.ALLOW, word), kept(Verdict.BLOCK, flood), kept(Verdict.ALLOW)]
    lexicon = screener().lexicon
    result = replay_models(said, [0.1, 0.1, 0.99], [0.5, 0.99, None], Thresholds(), lexicon)
    assert result.messages == 3
    assert result.changes == {(Verdict.ALLOW, Verdict.REVIEW): 1, (Verdict.BLOCK, Verdict.ALLOW): 1}
    assert result.samples[0] == Sample(said[0].activity_id, "兼职", Verdict.ALLOW, Verdict.REVIEW)
    same = replay_models(said, [0.1, 0.5, 0.9], [0.1, 0.5, 0.9], Thresholds(), lexicon)
    assert (same.messages, same.samples, dict(same.changes)) == (3, [], {})


def test_the_tenant_s_own_words_stay_firm() -> None:
    word = Finding(RiskCategory.FRAUD, Verdict.REVIEW, Detector.LEXICON, "兼职", 0, 2)
    said = [kept(Verdict.REVIEW, word)]
    firm = screener(doubtful("兼职")).lexicon
    assert not replay_models(said, [0.5], [0.1], Thresholds(), firm).changes
