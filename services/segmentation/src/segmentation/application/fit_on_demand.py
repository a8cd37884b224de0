"""Fit the models of a tenant because somebody asks."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from segmentation.application.fit_predictions import fit_predictions
from segmentation.application.keep_fitting import fit_soon
from segmentation.application.ports import Transactions
from segmentation.application.prediction_ports import Forecaster
from segmentation.domain.predictions import AsOf, PredictionModel

AT_ONCE = 20_000
"""Buyers somebody waits for: more take longer than a call may."""


@dataclass(frozen=True, slots=True)
class FitAnswer:
    """`under_way`: there are too many buyers to wait for, and `model` is that of the latest fit, if any."""

    model: PredictionModel | None
    under_way: bool


async def fit_on_demand(
    transactions: Transactions, forecaster: Forecaster, tenant_id: UUID, now: datetime
) -> FitAnswer:
    async with transactions(tenant_id) as uow:
        counts = await uow.predictions.count_buyers(AsOf(now, (await uow.tenant()).zone))
        if counts.buyers > AT_ONCE:
            await fit_soon(uow, now)
            return FitAnswer(await uow.predictions.model(), under_way=True)
    model = await fit_predictions(transactions, forecaster, tenant_id, now)
    return FitAnswer(model, under_way=False)
