"""The bot hands over rather than guess; keywords first; the FAQ only when sure."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.adapters.texts import ChineseTexts
from support.domain.answering import AnswerOutcome, KeywordReply, decide
from support.domain.policy import SupportPolicy
from support.domain.retrieval import FaqIndex, Match
from support.domain.ticket import HandoverReason

DELIVERY, OPENING, RETURNS = (UUID(int=number) for number in range(3))
FAQ = FaqIndex(
    [
        (DELIVERY, "什么时候发货"),
        (DELIVERY, "下单后多久能发货"),
        (OPENING, "门店几点开门"),
        (OPENING, "你们营业到几点"),
        (RETURNS, "怎么申请换货"),
    ]
)
WORDS = ChineseTexts().handover_words
KEYWORDS = [KeywordReply("发货", "48 小时内发货"), KeywordReply("发货地", "从上海发货")]
POLICY = SupportPolicy()
SURE = Match(DELIVERY, 0.9, 0.2)


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("我要投诉，什么时候发货", HandoverReason.COMPLAINT),
        ("退款什么时候到账", HandoverReason.PAYMENT),
        ("转人工", HandoverReason.ASKED_FOR_PERSON),
        ("今天天气真好", HandoverReason.UNSURE),
    ],
)
def test_never_guesses(question: str, reason: HandoverReason) -> None:
    match = SURE if reason is not HandoverReason.UNSURE else None
    decision = decide(question, WORDS, KEYWORDS, match, POLICY)
    assert (decision.outcome, decision.reason) == (AnswerOutcome.HANDED_OVER, reason)


def test_the_longest_keyword_wins() -> None:
    decision = decide("发货地是哪里", WORDS, KEYWORDS, SURE, POLICY)
    assert decision.keyword == KEYWORDS[1]


@pytest.mark.parametrize(
    ("match", "outcome"),
    [
        (Match(DELIVERY, 0.6, 0.4), AnswerOutcome.FAQ),
        (Match(DELIVERY, 0.59, 0.0), AnswerOutcome.HANDED_OVER),  # not sure
        (Match(DELIVERY, 0.9, 0.85), AnswerOutcome.HANDED_OVER),  # two entries fit
    ],
)
def test_sure_and_unambiguous(match: Match, outcome: AnswerOutcome) -> None:
    assert decide("什么时候发货", WORDS, [], match, POLICY).outcome is outcome


@pytest.mark.parametrize(
    ("question", "entry"),
    [("请问什么时候发货呀", DELIVERY), ("门店早上几点开门？", OPENING), ("想换货，怎么申请", RETURNS)],
)
def test_finds_the_entry_in_other_words(question: str, entry: UUID) -> None:
    match = FAQ.best(question)
    assert match is not None
    assert match.entry_id == entry
    assert match.confidence > match.runner_up


@pytest.mark.parametrize("wording", ["什么时候发货", "你们营业到几点"])
def test_the_same_words_are_certain(wording: str) -> None:
    match = FAQ.best(f" {wording}？")
    assert match is not None
    assert match.confidence == pytest.approx(1.0)


@given(st.text(max_size=500))
def test_any_text_is_bounded(text: str) -> None:
    match = FAQ.best(text)
    assert match is None or 0 < match.confidence <= 1.000001
