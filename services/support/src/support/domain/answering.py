"""What the bot does with a question: hand over first, then keywords, then the FAQ when it is sure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from support.domain.policy import SupportPolicy
from support.domain.retrieval import Match
from support.domain.ticket import HandoverReason


class AnswerOutcome(StrEnum):
    KEYWORD = "keyword"
    FAQ = "faq"
    HANDED_OVER = "handed_over"


@dataclass(frozen=True, slots=True)
class KeywordReply:
    keyword: str
    answer: str


@dataclass(frozen=True, slots=True)
class FaqEntry:
    id: UUID
    external_reference: str
    question: str
    paraphrases: tuple[str, ...]
    answer: str


@dataclass(frozen=True, slots=True)
class Decision:
    outcome: AnswerOutcome
    keyword: KeywordReply | None = None
    match: Match | None = None
    reason: HandoverReason | None = None


HandoverWords = Mapping[HandoverReason, Sequence[str]]


def decide(
    question: str,
    handover_words: HandoverWords,
    keywords: Sequence[KeywordReply],
    match: Match | None,
    policy: SupportPolicy,
) -> Decision:
    """Complaints, payments and calls for a person are never guessed at; the longest keyword wins."""
    for reason, words in handover_words.items():
        if any(word in question for word in words):
            return Decision(AnswerOutcome.HANDED_OVER, match=match, reason=reason)
    hits = [reply for reply in keywords if reply.keyword in question]
    if hits:
        return Decision(AnswerOutcome.KEYWORD, keyword=max(hits, key=lambda reply: len(reply.keyword)))
    sure = match and match.confidence >= policy.faq_confidence
    if match and sure and match.confidence - match.runner_up >= policy.faq_margin:
        return Decision(AnswerOutcome.FAQ, match=match)
    return Decision(AnswerOutcome.HANDED_OVER, match=match, reason=HandoverReason.UNSURE)
