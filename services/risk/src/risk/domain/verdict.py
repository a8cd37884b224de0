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


class ScreeningPurpose(IntEnum):
    """Where a text stands: a member's message in a group, or content of the brand before approval."""

    MESSAGE = 1
    CONTENT = 2


# A block in one of these breaks a mandatory rule of the group (强制). Giving away one's own data does not.
MANDATORY = frozenset(RiskCategory) - {RiskCategory.PERSONAL_DATA}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found; `start` and `end` are code points of the text as it was sent, half-open."""

    category: RiskCategory
    verdict: Verdict
    detector: Detector
    rule: str
    start: int
    end: int


def highest(findings: Iterable[Finding]) -> Verdict:
    """The verdict of all findings together."""
    return max((finding.verdict for finding in findings), default=Verdict.ALLOW)


def broken_rule(findings: Iterable[Finding]) -> RiskCategory | None:
    """The mandatory rule that blocked findings break; of several, the first category."""
    broken = [f.category for f in findings if f.verdict is Verdict.BLOCK and f.category in MANDATORY]
    return min(broken, default=None)
