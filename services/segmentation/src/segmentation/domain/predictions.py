"""Predicted value: what is known of buyers, what a model expects of them, and what members are worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from segmentation.domain.errors import InvalidPolicy
from segmentation.domain.policy import Tier

HORIZON_DAYS = 90
NIGHT = time(3)


class FitStatus(IntEnum):
    """Numbered as in quanzi.segmentation.v1.FitStatus."""

    FITTED = 1
    TOO_LITTLE_DATA = 2
    NOT_CONVERGED = 3


class Unsettled(StrEnum):
    """The search that found no parameters."""

    ORDERS = "orders"
    VALUE = "value"


class LifetimeScope(IntEnum):
    """Numbered as in quanzi.segmentation.v1.LifetimeScope."""

    TENANT = 1
    TIER = 2
    GROUP = 3


@dataclass(frozen=True, slots=True)
class BuyerCounts:
    """Members who bought, and those of them who did on more than one local day."""

    buyers: int
    repeat_buyers: int

    def plus(self, repeats: Sequence[int | None]) -> BuyerCounts:
        """With the buyers who have so many repeat purchases; None is no buyer."""
        bought = [it for it in repeats if it is not None]
        return BuyerCounts(self.buyers + len(bought), self.repeat_buyers + sum(it > 0 for it in bought))


@dataclass(frozen=True, slots=True)
class PredictionPolicy:
    """Version 0 is the default, never stored."""

    version: int = 0
    minimum_buyers: int = 100
    minimum_repeat_buyers: int = 50
    churn_below_alive: float = 0.5
    churn_minimum_orders: int = 3

    def __post_init__(self) -> None:
        if self.minimum_repeat_buyers > self.minimum_buyers:
            raise InvalidPolicy(
                "minimum_repeat_buyers must not exceed minimum_buyers", field="policy.minimum_repeat_buyers"
            )

    def suffices(self, counts: BuyerCounts) -> bool:
        return counts.buyers >= self.minimum_buyers and counts.repeat_buyers >= self.minimum_repeat_buyers


@dataclass(frozen=True, slots=True)
class AsOf:
    """The moment of a fit, and the local day it lies on."""

    at: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        return self.at.astimezone(self.zone).date()

    @property
    def backtest_day(self) -> date:
        """The last day the back-test knows: the horizon after it ends today."""
        return self.today - timedelta(days=HORIZON_DAYS)


def next_night(now: datetime, zone: ZoneInfo) -> datetime:
    """The next local 03:00 after now."""
    today = now.astimezone(zone).date()
    tonight = datetime.combine(today, NIGHT, zone)
    return tonight if tonight > now else datetime.combine(today + timedelta(days=1), NIGHT, zone)


@dataclass(frozen=True, slots=True)
class IdRange:
    """Member ids, ends included. Ids are hashes: equal ranges hold equal shares, each a random sample."""

    first: UUID
    last: UUID

    @classmethod
    def split(cls, parts: int) -> list[IdRange]:
        """All ids there can be, ascending."""
        ends = [part * 2**128 // parts for part in range(parts + 1)]
        return [cls(UUID(int=first), UUID(int=after - 1)) for first, after in pairwise(ends)]


@dataclass(frozen=True, slots=True)
class BuyerHistories:
    """What buyers bought, one list per column, all of equal length.

    Orders paid on one local day are one purchase. `repeats`: purchases after the first, `recency_days` to the
    last and `age_days` to today, both since the first; `repeat_value_minor`: mean of the repeat purchases,
    net of refunds, 0 without. `earlier_`: the same as of the back-test's day, None for who bought later only;
    `later_purchases`: those since, of who bought earlier. `paid_orders`, `net_spend_minor` over all time.
    """

    member_ids: Sequence[UUID]
    repeats: Sequence[int]
    recency_days: Sequence[int]
    age_days: Sequence[int]
    repeat_value_minor: Sequence[float]
    earlier_repeats: Sequence[int | None]
    earlier_recency_days: Sequence[int | None]
    earlier_age_days: Sequence[int | None]
    later_purchases: Sequence[int]
    paid_orders: Sequence[int]
    net_spend_minor: Sequence[int]


@dataclass(frozen=True, slots=True)
class ModelParameters:
    """BG/NBD (r, alpha, a, b; weeks) and gamma-gamma (p, q, gamma; minor units), and how likely.

    Gamma-gamma is all 0 if no repeat purchase was worth anything: then no order value is expected.
    """

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    p: float
    q: float
    gamma_minor: float
    value_log_likelihood: float
    fitted_buyers: int


@dataclass(frozen=True, slots=True)
class Forecasts:
    """What is expected of the buyers of some histories in the horizon, column by column, in their order.

    `order_value_minor` is None where the model cannot say. `earlier_orders`: what the model of the back-test
    expected of all of them together; None without one.
    """

    orders: Sequence[float]
    alive: Sequence[float]
    order_value_minor: Sequence[float | None]
    earlier_orders: float | None


@dataclass(frozen=True, slots=True)
class Backtest:
    """Purchases in the last 90 days, predicted from what came before, beside those there were."""

    predicted_orders: float = 0.0
    actual_orders: int = 0

    def plus(self, predicted: float, actual: int) -> Backtest:
        return Backtest(self.predicted_orders + predicted, self.actual_orders + actual)


@dataclass(frozen=True, slots=True)
class PredictionModel:
    """How a fit ended. `parameters` if fitted, `unsettled` if not; `backtest` with enough history."""

    fit_id: UUID
    status: FitStatus
    fitted_at: datetime
    counts: BuyerCounts
    policy: PredictionPolicy
    parameters: ModelParameters | None = None
    backtest: Backtest | None = None
    predicted: int = 0
    unsettled: Unsettled | None = None


@dataclass(frozen=True, slots=True)
class Prediction:
    """What is expected of a member in the 90 days after `as_of`; amounts in minor units, None if unknown."""

    member_id: UUID
    orders: float
    alive: float
    order_value_minor: int | None
    value_minor: int | None
    as_of: datetime


@dataclass(frozen=True, slots=True)
class ChurnRisk:
    """A member who used to buy and is likely lost; figures as of the prediction."""

    prediction: Prediction
    paid_orders: int
    net_spend_minor: int


@dataclass(frozen=True, slots=True)
class LifetimeValue:
    """All members of a tier, a group or the tenant on a local date; sums in minor units.

    `expected_minor` of the next 90 days is None when nothing was predicted then.
    """

    date: date
    tier: Tier | None
    group_id: UUID | None
    members: int
    historic_minor: int
    expected_minor: int | None

    @property
    def mean_historic_minor(self) -> int:
        return round(self.historic_minor / self.members)

    @property
    def mean_expected_minor(self) -> int | None:
        return None if self.expected_minor is None else round(self.expected_minor / self.members)

    @property
    def total_minor(self) -> int:
        return self.historic_minor + (self.expected_minor or 0)
