"""Labels frozen for ever, and how well certain versions of screening judge them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from risk.domain.label import LabelSource
from risk.domain.verdict import RiskCategory


@dataclass(frozen=True, slots=True)
class EvaluationItem:
    """`number` counts from 1 within its set; `category` is None for a harmless text."""

    number: int
    text: str
    category: RiskCategory | None
    source: LabelSource


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """Labels decided from `from_at` until before `until_at`. `sha256` is that of its JSONL, hexadecimal."""

    id: UUID
    name: str
    from_at: datetime
    until_at: datetime
    frozen_at: datetime
    frozen_by: str
    labels: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Versions:
    """Of what screens a text. No model: no classifier was asked."""

    lexicon: int
    policy: int
    model: str = ""


@dataclass(frozen=True, slots=True)
class EvaluationResult:
    """Risky or not, counted over a whole set."""

    set_id: UUID
    versions: Versions
    evaluated_at: datetime
    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int

    @property
    def accuracy(self) -> float:
        right = self.true_positives + self.true_negatives
        return right / (right + self.false_positives + self.false_negatives)

    @property
    def precision(self) -> float | None:
        return _share(self.true_positives, self.false_positives)

    @property
    def recall(self) -> float | None:
        return _share(self.true_positives, self.false_negatives)

    @property
    def false_positive_rate(self) -> float | None:
        return _share(self.false_positives, self.true_negatives)


def _share(part: int, rest: int) -> float | None:
    return part / (part + rest) if part + rest else None
