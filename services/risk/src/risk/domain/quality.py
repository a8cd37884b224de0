"""How right screening is, estimated from labels of messages that were drawn by chance.

Every allowed, doubtful and blocked message has a known chance to be drawn, so a label stands for 1 / chance
messages. Where not all drawn cases are decided yet, those that are stand for the others of the same month and
verdict. What nobody drew, as an appeal, says nothing here: who appeals is no random choice.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from risk.domain.verdict import RiskCategory, Verdict

_Stratum = tuple[date, Verdict]


@dataclass(frozen=True, slots=True)
class DrawnCount:
    """Drawn cases of one month that are alike: how many, and how many messages they stand for.

    `category` is the label's, None for a harmless text; it means nothing while not `decided`.
    """

    month: date
    verdict: Verdict
    predicted: RiskCategory | None
    decided: bool
    category: RiskCategory | None
    cases: int
    weight: float


@dataclass(frozen=True, slots=True)
class Quality:
    """Rates 0 to 1, None when unknown. `category` is None for flagged or not, whatever the category."""

    month: date
    category: RiskCategory | None
    labels: int
    accuracy: float | None
    precision: float | None
    recall: float | None
    false_positive_rate: float | None


def measure(counts: Iterable[DrawnCount], minimum: int) -> list[Quality]:
    """By month, first of everything, then by each category that occurs.

    A rate is unknown when fewer than `minimum` labels are in its denominator. Precision is about flagged
    messages alone; the others need that many labels of allowed messages too. All are unknown while no drawn
    case of a verdict is decided.
    """
    by_month: defaultdict[date, list[DrawnCount]] = defaultdict(list)
    for count in counts:
        by_month[count.month].append(count)
    return [
        quality
        for month, of_month in sorted(by_month.items())
        for quality in _of_month(month, of_month, minimum)
    ]


def _responding(counts: Sequence[DrawnCount]) -> list[tuple[DrawnCount, float]]:
    """Decided ones, each with the messages it stands for."""
    drawn: defaultdict[_Stratum, float] = defaultdict(float)
    decided: defaultdict[_Stratum, float] = defaultdict(float)
    for count in counts:
        drawn[count.month, count.verdict] += count.weight
        decided[count.month, count.verdict] += count.weight if count.decided else 0.0
    return [
        (count, count.weight * drawn[count.month, count.verdict] / decided[count.month, count.verdict])
        for count in counts
        if count.decided
    ]


def _of_month(month: date, counts: Sequence[DrawnCount], minimum: int) -> list[Quality]:
    weighted = _responding(counts)
    heard = {count.verdict for count, _ in weighted} == {count.verdict for count in counts}
    allowed = sum(count.cases for count, _ in weighted if count.verdict is Verdict.ALLOW)
    seen = {c for count, _ in weighted for c in (count.predicted, count.category) if c is not None}
    return [
        _quality(month, category, weighted, _Cells(minimum, heard), whole=allowed >= minimum)
        for category in (None, *sorted(seen))
    ]


def _quality(
    month: date,
    category: RiskCategory | None,
    weighted: Sequence[tuple[DrawnCount, float]],
    cells: "_Cells",
    whole: bool,
) -> Quality:
    for count, weight in weighted:
        if category is None:
            flagged, risky = count.verdict > Verdict.ALLOW, count.category is not None
        else:
            flagged, risky = count.predicted is category, count.category is category
        cells.add(flagged, risky, count.cases, weight)
    return Quality(
        month=month,
        category=category,
        labels=sum(count.cases for count, _ in weighted),
        accuracy=cells.share([(True, True), (False, False)], list(cells.weights)) if whole else None,
        precision=cells.share([(True, True)], [(True, True), (True, False)]),
        recall=cells.share([(True, True)], [(True, True), (False, True)]) if whole else None,
        false_positive_rate=cells.share([(True, False)], [(True, False), (False, False)]) if whole else None,
    )


class _Cells:
    """(flagged, risky) → cases, and the messages they stand for."""

    def __init__(self, minimum: int, heard: bool) -> None:
        self._minimum, self._heard = minimum, heard
        self.cases = {(flagged, risky): 0 for flagged in (True, False) for risky in (True, False)}
        self.weights = dict.fromkeys(self.cases, 0.0)

    def add(self, flagged: bool, risky: bool, cases: int, weight: float) -> None:
        self.cases[flagged, risky] += cases
        self.weights[flagged, risky] += weight

    def share(self, part: Sequence[tuple[bool, bool]], whole: Sequence[tuple[bool, bool]]) -> float | None:
        if not self._heard or sum(self.cases[cell] for cell in whole) < self._minimum:
            return None
        return sum(self.weights[cell] for cell in part) / sum(self.weights[cell] for cell in whole)
