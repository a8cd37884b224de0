"""What predicting needs of the outside."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from chassis.paging import Page, PageRequest
from segmentation.domain.predictions import (
    AsOf,
    BuyerCounts,
    BuyerHistories,
    ChurnRisk,
    Forecasts,
    IdRange,
    LifetimeScope,
    LifetimeValue,
    ModelParameters,
    Prediction,
    PredictionModel,
    PredictionPolicy,
    Unsettled,
)


class Predictions(Protocol):
    async def count_buyers(self, as_of: AsOf) -> BuyerCounts: ...

    async def histories(self, as_of: AsOf, ids: IdRange) -> BuyerHistories:
        """Of the buyers in the range, by id."""
        ...

    async def add(
        self, fit_id: UUID, histories: BuyerHistories, forecasts: Forecasts, policy: PredictionPolicy
    ) -> None:
        """Keeps predictions that nobody sees before the fit is in force."""
        ...

    async def put_in_force(self, model: PredictionModel) -> bool:
        """In place of what older fits said; one that did not converge leaves it.

        False if a newer fit is in force.
        """
        ...

    async def model(self) -> PredictionModel | None:
        """Of the latest fit."""
        ...

    async def by_members(self, member_ids: Sequence[UUID]) -> Sequence[Prediction]: ...
    async def churn_risks(self, request: PageRequest, group_id: UUID | None) -> Page[ChurnRisk]:
        """Who has not bought since the prediction, by net spend descending, then id."""
        ...

    async def policy(self) -> PredictionPolicy: ...
    async def replaceable_policy(self) -> PredictionPolicy:
        """In force; nobody else replaces it until the transaction ends."""
        ...

    async def add_policy(self, policy: PredictionPolicy, now: datetime) -> None: ...


class LifetimeValues(Protocol):
    async def work_out(self, as_of: AsOf) -> None:
        """Keeps the values of this local date, by the predictions in force."""
        ...

    async def between(
        self, scope: LifetimeScope, group_ids: Sequence[UUID], first: date, last: date
    ) -> Sequence[LifetimeValue]:
        """By tier or group, then date."""
        ...


class Forecast(Protocol):
    """One fit, elsewhere: nothing here waits for its arithmetic."""

    async def learn(self, histories: BuyerHistories) -> None:
        """Adds buyers to those the model is fitted to."""
        ...

    async def fit(self, backtest: bool) -> ModelParameters | Unsettled:
        """`backtest`: fit a second model to what was known then, too."""
        ...

    async def predict(self, histories: BuyerHistories) -> Forecasts: ...


class Forecaster(Protocol):
    def begin(self) -> AbstractAsyncContextManager[Forecast]: ...
