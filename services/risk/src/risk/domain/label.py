"""What a closed case teaches: a text, and what it really was."""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from uuid import UUID

from risk.domain.case import Case, CaseKind, CaseOutcome
from risk.domain.verdict import RiskCategory, Verdict

_HARMLESS = "ham"
# Their subject is what a member wrote, or is called.
_OF_MEMBERS = frozenset(
    (
        CaseKind.MESSAGE_REVIEW,
        CaseKind.APPEAL,
        CaseKind.SAMPLE,
        CaseKind.SECOND_LOOK,
        CaseKind.FRAUD_SUSPICION,
        CaseKind.PAYMENT_TALK,
    )
)


class LabelSource(IntEnum):
    """Where a label comes from, the numbers of the contract."""

    REVIEWER = 1
    APPEAL = 2
    SECOND_LOOK = 3
    SUSPICION = 4


_SOURCES = {
    CaseKind.APPEAL: LabelSource.APPEAL,
    CaseKind.SECOND_LOOK: LabelSource.SECOND_LOOK,
    CaseKind.FRAUD_SUSPICION: LabelSource.SUSPICION,
}
OF_TEXTS = frozenset((LabelSource.REVIEWER, LabelSource.APPEAL))
"""First judgements of texts."""


@dataclass(frozen=True, slots=True)
class Label:
    """`case_id` is the case that was judged, also by a second look. `category` is None for what is harmless.

    `text` is empty for a suspicion: it is about a name, which no label may keep. `drawn` says that every
    message, or name, like it had a known chance to be judged, 1 / `weight`.
    """

    case_id: UUID
    source: LabelSource
    text: str
    category: RiskCategory | None
    reviewer: str
    decided_at: datetime
    screened_at: datetime
    verdict: Verdict
    predicted: RiskCategory | None
    words: tuple[str, ...]
    lexicon_version: int
    policy_version: int
    model_version: str
    drawn: bool
    weight: float


def label_of(closed: Case) -> Label | None:
    """Of a closed case; None if it is about nothing that a member wrote or is called.

    A valuable alert labels its text with its category: it was right to flag it.
    """
    if closed.kind not in _OF_MEMBERS or closed.outcome is None or closed.closed_at is None:
        return None
    second, suspicion = closed.kind is CaseKind.SECOND_LOOK, closed.kind is CaseKind.FRAUD_SUSPICION
    evidence = closed.evidence
    return Label(
        case_id=closed.subject_id if second else closed.id,
        source=_SOURCES.get(closed.kind, LabelSource.REVIEWER),
        text="" if suspicion else evidence.masked_text,
        category=None if closed.outcome is CaseOutcome.FALSE_POSITIVE else closed.category,
        reviewer=closed.reviewer,
        decided_at=closed.closed_at,
        screened_at=closed.opened_at,
        verdict=evidence.verdict,
        predicted=RiskCategory.FRAUD if suspicion else evidence.predicted,
        words=evidence.words,
        lexicon_version=evidence.lexicon_version,
        policy_version=evidence.policy_version,
        model_version=evidence.model_version,
        drawn=is_drawn(closed),
        weight=closed.weight,
    )


def is_drawn(case: Case) -> bool:
    """Whether its kind is opened for all, or for a random share, of the messages or names of a verdict.

    That a blocked member is back is no judgement of a name: such a suspicion has none.
    """
    if case.kind is CaseKind.FRAUD_SUSPICION:
        return case.evidence.masked_text != ""
    return case.kind in (CaseKind.MESSAGE_REVIEW, CaseKind.SAMPLE)


def jsonl(text: str, category: RiskCategory | None, source: LabelSource) -> str:
    """One line of an evaluation set, ended."""
    line = {
        "source": source.name.lower(),
        "text": text,
        "label": int(category is not None),
        "category": category.name.lower() if category else _HARMLESS,
    }
    return json.dumps(line, ensure_ascii=False) + "\n"
