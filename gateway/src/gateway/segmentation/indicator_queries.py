"""Indicators of the whole tenant."""

from typing import Self

import strawberry

from gateway.context import Info
from gateway.fields import resolved
from gateway.segmentation.arguments import Compare, FromDate, ToDate
from gateway.segmentation.indicators import GroupIndicators
from gateway.segmentation.series import Grain, IndicatorSeries, OfGrain
from gateway.values import number
from quanzi.segmentation.v1 import indicators_pb2


@strawberry.type(description="The indicators of all groups of the tenant together.")
class TenantIndicators:
    indicators: GroupIndicators = strawberry.field(description="Counts are summed over groups.")
    groups: int = strawberry.field(description="Groups counted.")

    @classmethod
    def of(cls, answer: indicators_pb2.GetTenantIndicatorsResponse) -> Self:
        return cls(indicators=GroupIndicators.of(answer.indicators), groups=answer.groups)


@strawberry.type
class IndicatorQueries:
    @resolved("The eight indicators of all groups together (全部群指标).")
    async def tenant_indicators(
        self, info: Info, from_date: FromDate, to_date: ToDate, compare: Compare = False
    ) -> TenantIndicators | None:
        request = indicators_pb2.GetTenantIndicatorsRequest(
            from_date=from_date.isoformat(), to_date=to_date.isoformat(), compare=compare
        )
        return TenantIndicators.of(await info.context.clients.indicators.GetTenantIndicators(request))

    @resolved("The eight indicators of all groups together by day, week or month, at most 100 points.")
    async def indicator_series(
        self, info: Info, from_date: FromDate, to_date: ToDate, grain: OfGrain = Grain.DAY
    ) -> IndicatorSeries | None:
        request = indicators_pb2.BatchGetIndicatorSeriesRequest(
            from_date=from_date.isoformat(), to_date=to_date.isoformat(), grain=number(grain)
        )
        answer = await info.context.clients.indicators.BatchGetIndicatorSeries(request)
        return IndicatorSeries(wire=list(answer.points))
