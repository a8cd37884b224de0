"""How right screening is, estimated from labels of messages that were drawn by chance.

Every allowed, doubtful and blocked message has a known chance to be drawn, so a label stands for 1 / chance
messages. Where not all drawn cases are decided yet, those that are stand for the others of the same month and
verdict. What nobody drew, as an appeal, says nothing here: who appeals is no random choice.

Names that are like those of the staff are suspected all, and judged of fraud alone: they count in its
accuracy and precision. How many imitations nobody suspected is not known: the other rates are of messages.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from risk.domain.verdict import RiskCategory, Verdict

_Stratum = tuple[Verdict, bool]


@dataclass(frozen=True, slots=True)
class DrawnCount:
    """Drawn cases of one month that are alike: how many, and how many messages, or names, they stand for.

    `category` is the label's, None for what is harmless; it means nothing while not `decided`.
    """

    month: date
    verdict: Verdict
    predicted: RiskCategory | None
    decided: bool
    category: RiskCategory | None
    cases: int
    weight: float
    of_name: bool = False


_Weighted = Sequence[tuple[DrawnCount, float]]


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


def _of_month(month: date, counts: Sequence[DrawnCount], minimum: int) -> list[Quality]:
    everything = _Judged.of(counts)
    messages = _Judged.of([count for count in counts if not count.of_name])
    allowed = sum(count.cases for count, _ in messages.weighted if count.verdict is Verdict.ALLOW)
    seen = {c for count, _ in everything.weighted for c in (count.predicted, count.category) if c is not None}
    qualities = []
    for category in (None, *sorted(seen)):
        judged = everything if category is RiskCategory.FRAUD else messages
        cells, of_messages = judged.cells(category, minimum), messages.cells(category, minimum)
        quality = Quality(
            month=month,
            category=category,
            labels=sum(cells.cases.values()),
            accuracy=cells.share(_RIGHT, list(cells.cases)),
            precision=cells.share([(True, True)], [(True, True), (True, False)]),
            recall=of_messages.share([(True, True)], [(True, True), (False, True)]),
            false_positive_rate=of_messages.share([(True, False)], [(True, False), (False, False)]),
        )
        if allowed < minimum:
            quality = replace(quality, accuracy=None, recall=None, false_positive_rate=None)
        qualities.append(quality)
    return qualities


_RIGHT = ((True, True), (False, False))


@dataclass(frozen=True, slots=True)
class _Judged:
    """Decided cases of a month with the messages they stand for. `heard`: some of each that was drawn."""

    weighted: _Weighted
    heard: bool

    @classmethod
    def of(cls, counts: Sequence[DrawnCount]) -> "_Judged":
        drawn: defaultdict[_Stratum, float] = defaultdict(float)
        decided: defaultdict[_Stratum, float] = defaultdict(float)
        for count in counts:
            drawn[_stratum(count)] += count.weight
            if count.decided:
                decided[_stratum(count)] += count.weight
        weighted = [
            (count, count.weight * drawn[_stratum(count)] / decided[_stratum(count)])
            for count in counts
            if count.decided
        ]
        return cls(weighted, decided.keys() == drawn.keys())

    def cells(self, category: RiskCategory | None, minimum: int) -> "_Cells":
        """None: flagged or not, whatever the category."""
        cells = _Cells(minimum, self.heard)
        for count, weight in self.weighted:
            if category is None:
                flagged, risky = count.verdict > Verdict.ALLOW, count.category is not None
            else:
                flagged, risky = count.predicted is category, count.category is category
            cells.add(flagged, risky, count.cases, weight)
        return cells


def _stratum(count: DrawnCount) -> _Stratum:
    return count.verdict, count.of_name


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
