"""IndicatorService: translate, open one transaction, call one use case, translate back."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Protocol
from uuid import UUID

import grpc

from chassis.clock import Clock
from chassis.identity import caller
from chassis.ids import optional_id
from quanzi.segmentation.v1 import indicators_pb2 as pb
from quanzi.segmentation.v1.indicators_pb2_grpc import IndicatorServiceServicer
from segmentation.application.follow_cohorts import follow_cohorts
from segmentation.application.measure_groups import measure_groups
from segmentation.application.measure_series import measure_series
from segmentation.application.measure_tenant import measure_tenant
from segmentation.application.ports import Transactions
from segmentation.application.rank_groups import rank_groups
from segmentation.application.update_indicator_policy import (
    remove_group_indicator_policy,
    update_indicator_policy,
)
from segmentation.domain.funnel import FunnelOf, steps
from segmentation.domain.indicator_policy import IndicatorKind
from segmentation.domain.windows import Grain, Window
from segmentation.entrypoints.indicators_wire import (
    cohort_to_wire,
    facts_to_wire,
    indicators_to_wire,
    league_row_to_wire,
    policy_from_wire,
    policy_to_wire,
    step_to_wire,
)
from segmentation.entrypoints.wire import local_date

Context = grpc.aio.ServicerContext[Any, Any]


class IndicatorsRpc(IndicatorServiceServicer):
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions, self._clock = transactions, clock

    async def BatchGetGroupIndicators(
        self, request: pb.BatchGetGroupIndicatorsRequest, _: Context
    ) -> pb.BatchGetGroupIndicatorsResponse:
        group_ids, dates = _ids(request.group_ids), _dates(request)
        async with self._transactions(caller().tenant_id) as uow:
            groups = await measure_groups(uow, group_ids, *dates, self._clock(), compare=request.compare)
        return pb.BatchGetGroupIndicatorsResponse(groups=map(indicators_to_wire, groups))

    async def GetTenantIndicators(
        self, request: pb.GetTenantIndicatorsRequest, _: Context
    ) -> pb.GetTenantIndicatorsResponse:
        dates = _dates(request)
        async with self._transactions(caller().tenant_id) as uow:
            groups, measured = await measure_tenant(uow, *dates, self._clock(), compare=request.compare)
        return pb.GetTenantIndicatorsResponse(indicators=indicators_to_wire(measured), groups=groups)

    async def BatchGetIndicatorSeries(
        self, request: pb.BatchGetIndicatorSeriesRequest, _: Context
    ) -> pb.BatchGetIndicatorSeriesResponse:
        group_ids, dates, grain = _ids(request.group_ids), _dates(request), Grain(request.grain)
        async with self._transactions(caller().tenant_id) as uow:
            points = await measure_series(uow, group_ids, *dates, grain, self._clock())
        return pb.BatchGetIndicatorSeriesResponse(points=map(indicators_to_wire, points))

    async def GetCohorts(self, request: pb.GetCohortsRequest, _: Context) -> pb.GetCohortsResponse:
        group_ids, dates = _ids(request.group_ids), _dates(request)
        async with self._transactions(caller().tenant_id) as uow:
            cohorts = await follow_cohorts(uow, group_ids, *dates, request.days, self._clock())
        return pb.GetCohortsResponse(cohorts=map(cohort_to_wire, cohorts))

    async def GetFunnel(self, request: pb.GetFunnelRequest, _: Context) -> pb.GetFunnelResponse:
        group_ids, dates = _ids(request.group_ids), _dates(request)
        of = FunnelOf(optional_id(request.post_id), optional_id(request.campaign_id))
        async with self._transactions(caller().tenant_id) as uow:
            window = Window.of(*dates, await uow.fact_zones.current())
            counts = await uow.measurements.funnel(group_ids, window, of)
        return pb.GetFunnelResponse(steps=map(step_to_wire, steps(counts)))

    async def GetLeague(self, request: pb.GetLeagueRequest, _: Context) -> pb.GetLeagueResponse:
        kind, dates = IndicatorKind(request.kind), _dates(request)
        async with self._transactions(caller().tenant_id) as uow:
            rows = await rank_groups(uow, kind, *dates, self._clock(), worst_first=request.worst_first)
        return pb.GetLeagueResponse(rows=map(league_row_to_wire, rows[: request.first]), groups=len(rows))

    async def GetIndicatorPolicy(
        self, request: pb.GetIndicatorPolicyRequest, _: Context
    ) -> pb.GetIndicatorPolicyResponse:
        group_id = optional_id(request.group_id)
        async with self._transactions(caller().tenant_id) as uow:
            policies = await uow.indicator_policies.in_force([group_id] if group_id else [])
        policy = policies.of(group_id) if group_id else policies.tenant
        return pb.GetIndicatorPolicyResponse(policy=policy_to_wire(policy))

    async def UpdateIndicatorPolicy(
        self, request: pb.UpdateIndicatorPolicyRequest, _: Context
    ) -> pb.UpdateIndicatorPolicyResponse:
        proposed, expected = policy_from_wire(request.policy), request.expected_version
        async with self._transactions(caller().tenant_id) as uow:
            policy = await update_indicator_policy(uow, proposed, expected, self._clock())
        return pb.UpdateIndicatorPolicyResponse(policy=policy_to_wire(policy))

    async def RemoveGroupIndicatorPolicy(
        self, request: pb.RemoveGroupIndicatorPolicyRequest, _: Context
    ) -> pb.RemoveGroupIndicatorPolicyResponse:
        async with self._transactions(caller().tenant_id) as uow:
            await remove_group_indicator_policy(uow, UUID(request.group_id), self._clock())
        return pb.RemoveGroupIndicatorPolicyResponse()

    async def BatchListDailyFacts(
        self, request: pb.BatchListDailyFactsRequest, _: Context
    ) -> pb.BatchListDailyFactsResponse:
        group_ids, dates = _ids(request.group_ids), _dates(request)
        async with self._transactions(caller().tenant_id) as uow:
            window = Window.of(*dates, await uow.fact_zones.current())
            facts = await uow.facts.daily(group_ids, window)
        return pb.BatchListDailyFactsResponse(facts=map(facts_to_wire, facts))


class _HasDates(Protocol):
    from_date: str
    to_date: str


def _dates(request: _HasDates) -> tuple[date, date]:
    """Raises InvalidWindow."""
    return local_date(request.from_date, "from_date"), local_date(request.to_date, "to_date")


def _ids(texts: Iterable[str]) -> list[UUID]:
    return [UUID(it) for it in texts]
