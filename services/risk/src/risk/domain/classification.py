"""What a classifier says about a text, and what follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass

from risk.domain.errors import TooFewLabels
from risk.domain.verdict import RiskCategory, Verdict

FEWEST_OF_EACH = 20
"""Risky and innocent texts, at least, to learn anything from."""


@dataclass(frozen=True, slots=True)
class Score:
    """`probability` of being risky, calibrated; `category` the likeliest one, None if risk is improbable."""

    category: RiskCategory | None
    probability: float


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text that somebody has judged. A risky one without category is of no particular kind."""

    text: str
    is_risky: bool
    category: RiskCategory | None = None


def require_enough(labelled: Sequence[Labelled]) -> None:
    """Raises TooFewLabels."""
    risky = sum(each.is_risky for each in labelled)
    for sort, number in (("risky", risky), ("innocent", len(labelled) - risky)):
        if number < FEWEST_OF_EACH:
            raise TooFewLabels(f"{number} {sort} texts are too few to learn from: {FEWEST_OF_EACH} needed")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which probability a text is doubtful or blocked, 1: never.

    Below `innocent` the doubts of words and patterns are overruled.
    """

    innocent: float = 0.4
    review: float = 0.6
    block: float = 0.95

    @property
    def matter(self) -> bool:
        """Whether any probability changes any verdict."""
        return self.innocent > 0 or self.review < 1 or self.block < 1

    def verdict(self, found: Verdict, probability: float, *, firm: bool = False) -> Verdict:
        """Of a text in which words and patterns found this much; what they block, or is firm, stays."""
        if found is Verdict.BLOCK or 1 > self.block <= probability:
            return Verdict.BLOCK
        if 1 > self.review <= probability:
            return Verdict.REVIEW
        return Verdict.ALLOW if probability < self.innocent and not firm else found
