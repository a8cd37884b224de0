"""RFM: recency, frequency and monetary value, scored 1 to 5 by absolute cut points."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from segmentation.domain.policy import RfmCuts

CURRENCY_UNIT_MINOR = 100


@dataclass(frozen=True, slots=True)
class RfmFigures:
    """A member's orders in the RFM window; net of refunds, minor units. No order: None, 0, 0."""

    days_since_last_order: int | None
    paid_orders: int
    net_spend_minor: int


@dataclass(frozen=True, slots=True)
class RfmScore:
    """Scores 1 (worst) to 5 (best) as of a moment, and the figures behind them."""

    recency: int
    frequency: int
    monetary: int
    figures: RfmFigures
    as_of: datetime


@dataclass(frozen=True, slots=True)
class RfmCell:
    """Members who share all three scores, and their spend in the window, net of refunds, minor units."""

    recency: int
    frequency: int
    monetary: int
    members: int
    net_spend_minor: int


@dataclass(frozen=True, slots=True)
class RfmDistribution:
    """Buyers of the window by their scores; cells without members are left out."""

    cells: Sequence[RfmCell]
    without_orders: int


def score(figures: RfmFigures, cuts: RfmCuts, as_of: datetime) -> RfmScore:
    """Each score is 1 plus the number of cut points reached; without an order all are 1."""
    days = figures.days_since_last_order
    return RfmScore(
        recency=1 + (0 if days is None else sum(days <= cut for cut in cuts.recency_days)),
        frequency=1 + sum(figures.paid_orders >= cut for cut in cuts.frequency),
        monetary=1 + sum(figures.net_spend_minor >= cut for cut in cuts.monetary_minor),
        figures=figures,
        as_of=as_of,
    )


def propose_cuts(buyers: Sequence[RfmFigures]) -> RfmCuts:
    """Cut points that put about a fifth of the buyers into each score, equal values always together.

    A quintile ends one unit above its quantile (a day, an order, a whole currency unit), so whoever is at the
    quantile stays below the cut. This is the rule of the R package `rfm`. `buyers` must not be empty.
    """
    days = sorted(buyer.days_since_last_order or 0 for buyer in buyers)
    return RfmCuts(
        recency_days=tuple(ceil(quantile) for quantile in reversed(_quintiles(days))),
        frequency=tuple(ceil(q + 1) for q in _quintiles(sorted(buyer.paid_orders for buyer in buyers))),
        monetary_minor=tuple(
            ceil(q + CURRENCY_UNIT_MINOR)
            for q in _quintiles(sorted(buyer.net_spend_minor for buyer in buyers))
        ),
    )


def _quintiles(ordered: Sequence[int]) -> list[float]:
    """The four inner quintiles, linear between neighbours (Hyndman-Fan type 7); exact at whole positions."""
    quantiles = []
    for fifth in range(1, 5):
        position, part = divmod((len(ordered) - 1) * fifth, 5)
        low, high = ordered[position], ordered[min(position + 1, len(ordered) - 1)]
        quantiles.append(low + (high - low) * part / 5)
    return quantiles
