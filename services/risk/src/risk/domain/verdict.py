"""What screening can say about a text. The numbers are those of the contract (proto/quanzi/risk/v1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, IntEnum


class Verdict(IntEnum):
    """Ordered by severity: the highest wins."""

    ALLOW = 1
    REVIEW = 2
    BLOCK = 3


class RiskCategory(IntEnum):
    """Why a text is risky."""

    ADVERT = 1
    PORN = 2
    ABUSE = 3
    GAMBLING = 4
    FRAUD = 5
    VIOLENCE = 6
    PERSONAL_DATA = 7
    LINK = 8
    FLOODING = 9


class Detector(Enum):
    """Which part of screening found it."""

    LEXICON = "lexicon"
    PATTERN = "pattern"
    FLOODING = "flooding"
    DUPLICATE = "duplicate"
    CLASSIFIER = "classifier"


class ScreeningPurpose(IntEnum):
    """Where a text stands: a member's message in a group, or content of the brand before approval."""

    MESSAGE = 1
    CONTENT = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found; `start` and `end` are code points of the text as it was sent, half-open.

    An `overruled` one leads to nothing: the classifier found the whole text innocent.
    """

    category: RiskCategory
    verdict: Verdict
    detector: Detector
    rule: str
    start: int
    end: int
    overruled: bool = False


def highest(findings: Iterable[Finding]) -> Verdict:
    """The verdict of all findings together, but for the overruled."""
    return max((f.verdict for f in findings if not f.overruled), default=Verdict.ALLOW)
