"""When what is said is no longer usual.

A surprise is -log10 of the probability that chance alone brings as much or more. Shares sway more than dice
do, and what is usual is known only roughly: negatives are beta-binomial, complaints a negative binomial.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from math import exp, lgamma, log, log1p
from typing import Protocol

from risk.domain.opinion_baseline import Expectation
from risk.domain.opinion_counts import NO_COUNTS, Counts

STEADINESS = 80.0
"""Shares sway as if drawn from a beta distribution of so many messages, and as many again as are said:
the more is said, the less a single thread sways it."""
COMPLAINT_SHAPE = 6.0
"""Shape of the gamma distribution that the rate of complaints sways by."""
_FEWEST_EXPECTED = 0.01
_NEGLIGIBLE = 1e-12
_LN10 = log(10)


class Signal(IntEnum):
    """What is unusual, the numbers of the contract."""

    NEGATIVE_SHARE = 1
    COMPLAINTS = 2


class Limits(Protocol):
    """From when on anything is looked at."""

    @property
    def minimum_messages(self) -> int: ...
    @property
    def minimum_complaints(self) -> int: ...
    @property
    def minimum_lift_percent(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Deviation:
    """What is unusual, by how much, and how many messages it is: negative ones, or complaints."""

    signal: Signal
    surprise: float
    size: float
    seen: Counts
    expected: float


def deviations(seen: Sequence[tuple[Counts, Expectation]], limits: Limits) -> list[Deviation]:
    """What a window shows, bucket by bucket, of either signal where it matters."""
    total = sum((counts for counts, _ in seen), NO_COUNTS)
    found = _negatives(seen, total, limits), _complaints(seen, total, limits)
    return [it for it in found if it is not None]


def _negatives(seen: Sequence[tuple[Counts, Expectation]], total: Counts, limits: Limits) -> Deviation | None:
    if total.messages < limits.minimum_messages:
        return None
    expected = sum(counts.messages * usual.negative_share for counts, usual in seen)
    share = expected / total.messages
    if total.negatives / total.messages < share + limits.minimum_lift_percent / 100:
        return None
    surprise = negatives_surprise(int(total.negatives), int(total.messages), share)
    return Deviation(Signal.NEGATIVE_SHARE, surprise, total.negatives, total, expected)


def _complaints(
    seen: Sequence[tuple[Counts, Expectation]], total: Counts, limits: Limits
) -> Deviation | None:
    """Where more is said than usual, more complaints are usual."""
    if total.complaints < limits.minimum_complaints:
        return None
    expected = sum(usual.complaint_share * max(counts.messages, usual.messages) for counts, usual in seen)
    surprise = complaints_surprise(int(total.complaints), expected)
    return Deviation(Signal.COMPLAINTS, surprise, total.complaints, total, expected)


def negatives_surprise(negatives: int, messages: int, share: float) -> float:
    """Of so many negative ones among messages, where a share is usual."""
    steadiness = STEADINESS + messages
    alpha, beta = share * steadiness, (1 - share) * steadiness
    constant = _log_beta(alpha, beta)

    def log_mass(count: int) -> float:
        chosen = lgamma(messages + 1) - lgamma(count + 1) - lgamma(messages - count + 1)
        return chosen + _log_beta(count + alpha, messages - count + beta) - constant

    return _surprise(log_mass, negatives, messages, share * messages)


def complaints_surprise(complaints: int, expected: float) -> float:
    """Of so many where so many are usual."""
    shape, expected = COMPLAINT_SHAPE, max(expected, _FEWEST_EXPECTED)
    rise, stay = log(expected / (expected + shape)), -shape * log1p(expected / shape)

    def log_mass(count: int) -> float:
        return lgamma(count + shape) - lgamma(shape) - lgamma(count + 1) + stay + count * rise

    return _surprise(log_mass, complaints, None, expected)


def threshold(surprise_of: Callable[[int], float], wanted: float, most: int) -> int | None:
    """The least number that surprises as much, up to `most`; None: not even that does."""
    if surprise_of(most) < wanted:
        return None
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if surprise_of(middle) >= wanted else (middle + 1, high)
    return low


def _surprise(log_mass: Callable[[int], float], count: int, most: int | None, mean: float) -> float:
    """-log10 of the mass from `count` on, summed from its first term until the rest is negligible."""
    if count <= mean:
        return 0.0
    first = log_mass(count)
    total, place = 1.0, count + 1
    while most is None or place <= most:
        term = exp(log_mass(place) - first)
        total += term
        if term < _NEGLIGIBLE * total:
            break
        place += 1
    return max(0.0, -(first + log(total)) / _LN10)


def _log_beta(alpha: float, beta: float) -> float:
    return lgamma(alpha) + lgamma(beta) - lgamma(alpha + beta)
