"""How far two reviewers agree about the same cases, beyond what chance alone would give (Cohen 1960)."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from risk.domain.verdict import RiskCategory

J = TypeVar("J", bound=Hashable)
_Pair = tuple[RiskCategory | None, RiskCategory | None]


@dataclass(frozen=True, slots=True)
class PairCount:
    """How often, in a month, the first reviewer said this and the second that; None is harmless."""

    month: date
    first: RiskCategory | None
    second: RiskCategory | None
    pairs: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """`category` None: which category, or none; otherwise: this one or not. Rates are None when unknown."""

    month: date
    category: RiskCategory | None
    pairs: int
    agreement: float | None
    kappa: float | None


def agree(counts: Iterable[PairCount], minimum: int) -> list[Agreement]:
    """By month, first over everything, then by each category that a reviewer named."""
    by_month: defaultdict[date, Counter[_Pair]] = defaultdict(Counter)
    for count in counts:
        by_month[count.month][count.first, count.second] += count.pairs
    return [
        agreement
        for month, pairs in sorted(by_month.items())
        for agreement in _of_month(month, pairs, minimum)
    ]


def _of_month(month: date, pairs: Mapping[_Pair, int], minimum: int) -> Iterable[Agreement]:
    yield _agreement(month, None, pairs, minimum)
    for category in sorted({one for pair in pairs for one in pair if one is not None}):
        either: Counter[tuple[bool, bool]] = Counter()
        for (first, second), count in pairs.items():
            either[first is category, second is category] += count
        yield _agreement(month, category, either, minimum)


def _agreement(
    month: date, category: RiskCategory | None, pairs: Mapping[tuple[J, J], int], minimum: int
) -> Agreement:
    total = sum(pairs.values())
    if total < minimum:
        return Agreement(month, category, total, None, None)
    observed = sum(count for (first, second), count in pairs.items() if first == second) / total
    firsts: Counter[J] = Counter()
    seconds: Counter[J] = Counter()
    for (first, second), count in pairs.items():
        firsts[first] += count
        seconds[second] += count
    by_chance = sum(firsts[one] * seconds[one] for one in firsts) / total**2
    kappa = (observed - by_chance) / (1 - by_chance) if by_chance < 1 else None
    return Agreement(month, category, total, observed, kappa)
