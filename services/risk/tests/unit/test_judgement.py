"""The whole verdict: what the classifier adds to words and patterns, and what it overrules."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from chassis.ids import new_id
from risk.adapters.classifier.shipped import StoredClassifier
from risk.adapters.screeners import CachedScreeners
from risk.application.judge_texts import Judge
from risk.application.put_words import put_words
from risk.application.screen_messages import screen_messages
from risk.application.screen_texts import screen_texts
from risk.application.try_words import Trial, try_words
from risk.application.update_risk_policy import update_risk_policy
from risk.bootstrap import follow_ups
from risk.domain import events
from risk.domain.case import CaseKind
from risk.domain.classification import Score, Thresholds
from risk.domain.decision import Message
from risk.domain.errors import InvalidPolicy
from risk.domain.policy import RiskPolicy
from risk.domain.screening import Screening
from risk.domain.verdict import Detector, Finding, RiskCategory, ScreeningPurpose, Verdict

from ..samples import ADVERT, DEFAULT_WORDS, EDITOR, NORMALISER, NOW, SPELLINGS, doubtful, message, screener
from .case_fakes import NOTHING_DRAWN
from .fakes import FakeUnitOfWork, Rows

FOLLOW_UPS = follow_ups()
DOUBTFUL, STRANGE = "做兼职的来", "今晚老地方见，懂的来"
ID_CARD = "11010519491231002X"


class FixedClassifier:
    """Says the same of every text, and remembers which it was asked about."""

    version = "fixed-1"

    def __init__(self, probability: float) -> None:
        self.probability = probability
        self.asked: list[str] = []

    def score_all(self, texts: Sequence[str]) -> Sequence[Score]:
        self.asked += texts
        return [Score(RiskCategory.FRAUD, self.probability)] * len(texts)


def screeners(probability: float) -> tuple[CachedScreeners, FixedClassifier]:
    classifier = FixedClassifier(probability)
    return CachedScreeners(NORMALISER, DEFAULT_WORDS, SPELLINGS, classifier), classifier


@pytest.fixture
def uow() -> FakeUnitOfWork:
    rows = Rows(new_id())
    rows.of_cases.policies.append(NOTHING_DRAWN)
    return FakeUnitOfWork(rows)


async def screen(uow: FakeUnitOfWork, probability: float, *messages: Message) -> list[Screening]:
    await screen_messages(uow, screeners(probability)[0], FOLLOW_UPS, messages, NOW)
    return [uow.rows.decisions[it.activity_id].screening for it in messages]


@pytest.mark.parametrize(("probability", "verdict"), [(0.7, Verdict.REVIEW), (0.97, Verdict.BLOCK)])
async def test_what_only_the_classifier_finds_is_explained(
    uow: FakeUnitOfWork, probability: float, verdict: Verdict
) -> None:
    [screening] = await screen(uow, probability, message(STRANGE))
    assert (screening.verdict, screening.probability) == (verdict, probability)
    assert screening.findings == (
        Finding(RiskCategory.FRAUD, verdict, Detector.CLASSIFIER, "fixed-1", 0, len(STRANGE)),
    )
    assert screening.masked_text == STRANGE
    [flagged] = uow.rows.of(events.MessageFlagged)
    assert flagged.categories == (RiskCategory.FRAUD,)


async def test_a_block_by_the_classifier_opens_a_violation(uow: FakeUnitOfWork) -> None:
    await screen(uow, 0.99, message(STRANGE))
    [violation] = uow.rows.violations.values()
    assert violation.category is RiskCategory.FRAUD


async def test_doubts_are_overruled_and_kept(uow: FakeUnitOfWork) -> None:
    [screening] = await screen(uow, 0.1, message(DOUBTFUL))
    assert screening.verdict is Verdict.ALLOW
    [finding] = screening.findings
    assert (finding.detector, finding.verdict, finding.overruled) == (
        Detector.LEXICON,
        Verdict.REVIEW,
        True,
    )
    assert uow.rows.events == []


@pytest.mark.parametrize("text", [ID_CARD, "我的竞品面膜到了"])
async def test_proved_numbers_and_the_tenant_s_own_words_are_not_overruled(
    uow: FakeUnitOfWork, text: str
) -> None:
    await put_words(uow, NORMALISER, [doubtful("竞品面膜")], EDITOR)
    [screening] = await screen(uow, 0.1, message(text))
    assert screening.verdict is Verdict.REVIEW
    assert not any(finding.overruled for finding in screening.findings)


async def test_a_case_says_how_sure_which_model_was(uow: FakeUnitOfWork) -> None:
    sent = [message(DOUBTFUL), message(DOUBTFUL)]
    await screen(uow, 0.5, sent[0])
    await screen(uow, 0.9, sent[1])
    cases = [await uow.cases.about(CaseKind.MESSAGE_REVIEW, it.activity_id) for it in sent]
    unsure, sure = (case for case in cases if case)
    assert unsure.evidence.model_version == sure.evidence.model_version == "fixed-1"
    assert unsure.risk < sure.risk


def test_each_text_is_asked_about_once_and_blocked_ones_never() -> None:
    classifier = FixedClassifier(0.5)
    judge = Judge(screener(*DEFAULT_WORDS), ScreeningPurpose.MESSAGE, classifier, Thresholds())
    judged = judge.judge_all([STRANGE, ADVERT, STRANGE, DOUBTFUL])
    assert classifier.asked == [STRANGE, DOUBTFUL]
    assert [it.probability for it in judged] == [0.5, None, 0.5, 0.5]
    assert [it.verdict for it in judged] == [Verdict.ALLOW, Verdict.BLOCK, Verdict.ALLOW, Verdict.REVIEW]


async def test_content_of_the_brand_is_not_for_the_classifier(uow: FakeUnitOfWork) -> None:
    asked, classifier = screeners(0.99)
    screened = await screen_texts(uow, asked, [STRANGE], ScreeningPurpose.CONTENT)
    assert (screened.screenings[0].verdict, screened.model_version) == (Verdict.ALLOW, "")
    assert classifier.asked == []
    screened = await screen_texts(uow, asked, [STRANGE], ScreeningPurpose.MESSAGE)
    assert (screened.screenings[0].verdict, screened.model_version) == (Verdict.BLOCK, "fixed-1")


async def test_a_tenant_may_do_without_the_classifier(uow: FakeUnitOfWork) -> None:
    off = RiskPolicy(
        classifier_innocent_per_mille=0,
        classifier_review_per_mille=1_000,
        classifier_block_per_mille=1_000,
    )
    await update_risk_policy(uow, off, 0, NOW)
    first, second = await screen(uow, 1.0, message(STRANGE), message(DOUBTFUL))
    assert (first.verdict, second.verdict, first.probability) == (Verdict.ALLOW, Verdict.REVIEW, None)
    assert {decision.model_version for decision in uow.rows.decisions.values()} == {""}


def test_thresholds_follow_each_other() -> None:
    with pytest.raises(InvalidPolicy) as refused:
        RiskPolicy(classifier_review_per_mille=960)
    assert refused.value.field == "policy.classifier_review_per_mille"


async def test_words_are_tried_with_what_the_classifier_said(uow: FakeUnitOfWork) -> None:
    """A new word of the tenant's is firm; what the classifier overruled stays so, and what it blocked too."""
    said, _ = screeners(0.1)
    await screen(uow, 0.1, message("团长今天发货吗"), message(DOUBTFUL))
    await screen(uow, 0.99, message(STRANGE))
    trial = Trial([doubtful("团长")], [], None, days=1)
    result = await try_words(uow, said, NORMALISER, trial, NOW)
    assert result.replay.changes == {(Verdict.ALLOW, Verdict.REVIEW): 1}
    [sample] = result.replay.samples
    assert sample.text == "团长今天发货吗"


def test_innocent_phrases_stay_so() -> None:
    phrases = (Path(__file__).parents[1] / "data" / "innocent_zh.txt").read_text("utf-8").splitlines()
    classifier = StoredClassifier.shipped()
    judge = Judge(screener(*DEFAULT_WORDS), ScreeningPurpose.MESSAGE, classifier, Thresholds())
    judged = zip(phrases, judge.judge_all(phrases), strict=True)
    assert [text for text, it in judged if it.verdict is Verdict.BLOCK] == []
