"""PredictionService: translate, open one transaction, call one use case, translate back."""

from typing import Any
from uuid import UUID

import grpc

from chassis.clock import Clock
from chassis.identity import caller
from chassis.ids import optional_id
from chassis.paging import PageRequest
from quanzi.segmentation.v1.predictions_pb2 import (
    BatchGetPredictionsRequest,
    BatchGetPredictionsResponse,
    FitPredictionsRequest,
    FitPredictionsResponse,
    GetPredictionModelRequest,
    GetPredictionModelResponse,
    GetPredictionPolicyRequest,
    GetPredictionPolicyResponse,
    ListChurnRisksRequest,
    ListChurnRisksResponse,
    ListLifetimeValuesRequest,
    ListLifetimeValuesResponse,
    UpdatePredictionPolicyRequest,
    UpdatePredictionPolicyResponse,
)
from quanzi.segmentation.v1.predictions_pb2_grpc import PredictionServiceServicer
from segmentation.application.fit_on_demand import fit_on_demand
from segmentation.application.ports import Transactions
from segmentation.application.prediction_ports import Forecaster
from segmentation.application.update_prediction_policy import update_prediction_policy
from segmentation.domain.predictions import LifetimeScope
from segmentation.domain.windows import Window
from segmentation.entrypoints.predictions_wire import (
    churn_risk_to_wire,
    lifetime_value_to_wire,
    model_to_wire,
    prediction_policy_from_wire,
    prediction_policy_to_wire,
    prediction_to_wire,
)
from segmentation.entrypoints.wire import local_date

Context = grpc.aio.ServicerContext[Any, Any]


class PredictionsRpc(PredictionServiceServicer):
    def __init__(self, transactions: Transactions, forecaster: Forecaster, clock: Clock) -> None:
        self._transactions, self._forecaster, self._clock = transactions, forecaster, clock

    async def GetPredictionModel(
        self, request: GetPredictionModelRequest, _: Context
    ) -> GetPredictionModelResponse:
        async with self._transactions(caller().tenant_id) as uow:
            model = await uow.predictions.model()
        return GetPredictionModelResponse(model=model_to_wire(model) if model else None)

    async def FitPredictions(self, request: FitPredictionsRequest, _: Context) -> FitPredictionsResponse:
        """A call that runs out of time changes nothing."""
        answer = await fit_on_demand(self._transactions, self._forecaster, caller().tenant_id, self._clock())
        return FitPredictionsResponse(
            model=model_to_wire(answer.model) if answer.model else None,
            predicted=answer.model.predicted if answer.model else 0,
            under_way=answer.under_way,
        )

    async def BatchGetPredictions(
        self, request: BatchGetPredictionsRequest, _: Context
    ) -> BatchGetPredictionsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            predictions = await uow.predictions.by_members([UUID(it) for it in request.member_ids])
        return BatchGetPredictionsResponse(predictions=map(prediction_to_wire, predictions))

    async def ListChurnRisks(self, request: ListChurnRisksRequest, _: Context) -> ListChurnRisksResponse:
        wanted = PageRequest.of(request.page)
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.predictions.churn_risks(wanted, optional_id(request.group_id))
        return ListChurnRisksResponse(risks=map(churn_risk_to_wire, page.items), page_info=page.info())

    async def ListLifetimeValues(
        self, request: ListLifetimeValuesRequest, _: Context
    ) -> ListLifetimeValuesResponse:
        scope, group_ids = LifetimeScope(request.scope), [UUID(it) for it in request.group_ids]
        first = local_date(request.from_date, "from_date")
        last = local_date(request.to_date, "to_date")
        async with self._transactions(caller().tenant_id) as uow:
            window = Window.of(first, last, (await uow.tenant()).zone)
            values = await uow.lifetime_values.between(scope, group_ids, window.first, window.last)
        return ListLifetimeValuesResponse(values=map(lifetime_value_to_wire, values))

    async def GetPredictionPolicy(
        self, request: GetPredictionPolicyRequest, _: Context
    ) -> GetPredictionPolicyResponse:
        async with self._transactions(caller().tenant_id) as uow:
            return GetPredictionPolicyResponse(
                policy=prediction_policy_to_wire(await uow.predictions.policy())
            )

    async def UpdatePredictionPolicy(
        self, request: UpdatePredictionPolicyRequest, _: Context
    ) -> UpdatePredictionPolicyResponse:
        proposed = prediction_policy_from_wire(request.policy)
        async with self._transactions(caller().tenant_id) as uow:
            policy = await update_prediction_policy(uow, proposed, request.expected_version, self._clock())
        return UpdatePredictionPolicyResponse(policy=prediction_policy_to_wire(policy))
