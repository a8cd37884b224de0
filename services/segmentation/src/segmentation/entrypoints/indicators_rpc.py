"""IndicatorService: translate, open one transaction, call one use case, translate back."""

from typing import Any
from uuid import UUID

import grpc

from chassis.clock import Clock
from chassis.identity import caller
from quanzi.segmentation.v1.indicators_pb2 import (
    BatchGetGroupIndicatorsRequest,
    BatchGetGroupIndicatorsResponse,
    BatchListDailyFactsRequest,
    BatchListDailyFactsResponse,
)
from quanzi.segmentation.v1.indicators_pb2_grpc import IndicatorServiceServicer
from segmentation.application.measure_groups import measure_groups
from segmentation.application.ports import Transactions
from segmentation.domain.indicators import Window
from segmentation.entrypoints.wire import facts_to_wire, indicators_to_wire, local_date

Context = grpc.aio.ServicerContext[Any, Any]


class IndicatorsRpc(IndicatorServiceServicer):
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions, self._clock = transactions, clock

    async def BatchGetGroupIndicators(
        self, request: BatchGetGroupIndicatorsRequest, _: Context
    ) -> BatchGetGroupIndicatorsResponse:
        group_ids = [UUID(group_id) for group_id in request.group_ids]
        first = local_date(request.from_date, "from_date")
        last = local_date(request.to_date, "to_date")
        async with self._transactions(caller().tenant_id) as uow:
            groups = await measure_groups(uow, group_ids, first, last, self._clock())
        return BatchGetGroupIndicatorsResponse(groups=map(indicators_to_wire, groups))

    async def BatchListDailyFacts(
        self, request: BatchListDailyFactsRequest, _: Context
    ) -> BatchListDailyFactsResponse:
        group_ids = [UUID(group_id) for group_id in request.group_ids]
        first = local_date(request.from_date, "from_date")
        last = local_date(request.to_date, "to_date")
        async with self._transactions(caller().tenant_id) as uow:
            window = Window.of(first, last, (await uow.tenant()).zone)
            facts = await uow.facts.daily(group_ids, window)
        return BatchListDailyFactsResponse(facts=map(facts_to_wire, facts))
