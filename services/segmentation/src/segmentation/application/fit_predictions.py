"""Fit the models of a tenant and predict for every buyer."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime
from math import ceil
from uuid import UUID

from chassis.ids import new_id
from segmentation.application.keep_fitting import keep_fitting
from segmentation.application.ports import Transactions
from segmentation.application.prediction_ports import Forecast, Forecaster
from segmentation.domain.events import PredictionsFitted
from segmentation.domain.predictions import (
    AsOf,
    Backtest,
    BuyerCounts,
    BuyerHistories,
    FitStatus,
    IdRange,
    PredictionModel,
    Unsettled,
)

CHUNK = 5_000
"""Buyers read, predicted and kept at once: memory does not grow with the tenant."""
SAMPLE = 50_000
"""Buyers a model is fitted to at most: more would move no parameter by as much as its standard error."""


async def fit_predictions(
    transactions: Transactions, forecaster: Forecaster, tenant_id: UUID, now: datetime
) -> PredictionModel:
    """In many short transactions; what it says comes into force at once, unless a later fit was faster."""
    async with transactions(tenant_id) as uow:
        as_of = AsOf(now, (await uow.tenant()).zone)
        policy = await uow.predictions.policy()
        counts = await uow.predictions.count_buyers(as_of)
    model = PredictionModel(new_id(), FitStatus.TOO_LITTLE_DATA, now, counts, policy)
    if policy.suffices(counts):
        async with forecaster.begin() as forecast:
            model = await _fit(transactions, forecast, tenant_id, model, as_of)
    async with transactions(tenant_id) as uow:
        if await uow.predictions.put_in_force(model):
            await uow.lifetime_values.work_out(as_of)
            await uow.publish(PredictionsFitted(model), at=now)
        await keep_fitting(uow, now)
    return model


async def _fit(
    transactions: Transactions, forecast: Forecast, tenant_id: UUID, model: PredictionModel, as_of: AsOf
) -> PredictionModel:
    chunks = IdRange.split(ceil(model.counts.buyers / CHUNK))
    earlier = BuyerCounts(0, 0)
    async for histories in _histories(transactions, tenant_id, as_of, chunks[: ceil(SAMPLE / CHUNK)]):
        await forecast.learn(histories)
        earlier = earlier.plus(histories.earlier_repeats)
    parameters = await forecast.fit(backtest=model.policy.suffices(earlier))
    if isinstance(parameters, Unsettled):
        return replace(model, status=FitStatus.NOT_CONVERGED, unsettled=parameters)

    backtest, predicted = None, 0
    async for histories in _histories(transactions, tenant_id, as_of, chunks):
        forecasts = await forecast.predict(histories)
        async with transactions(tenant_id) as uow:
            await uow.predictions.add(model.fit_id, histories, forecasts, model.policy)
        predicted += len(histories.member_ids)
        if forecasts.earlier_orders is not None:
            later = sum(histories.later_purchases)
            backtest = (backtest or Backtest()).plus(forecasts.earlier_orders, later)
    return replace(
        model, status=FitStatus.FITTED, parameters=parameters, backtest=backtest, predicted=predicted
    )


async def _histories(
    transactions: Transactions, tenant_id: UUID, as_of: AsOf, chunks: Sequence[IdRange]
) -> AsyncIterator[BuyerHistories]:
    for ids in chunks:
        async with transactions(tenant_id) as uow:
            histories = await uow.predictions.histories(as_of, ids)
        yield histories
