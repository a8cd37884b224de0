"""Customer groups."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import Node, global_id
from gateway.segmentation.arguments import Compare, FromDate, ToDate
from gateway.segmentation.indicators import DailyFacts, GroupIndicators
from gateway.segmentation.series import Grain, IndicatorSeries, OfGrain, Window
from gateway.segmentation.tier_distribution import TierShare
from gateway.values import moment
from quanzi.segmentation.v1 import groups_pb2

if TYPE_CHECKING:
    from gateway.content.types import ContactBudget
    from gateway.segmentation.alerts import Alert


@strawberry.type(description="A customer group (顾客群) of up to 500 customers.")
class Group(Node):
    external_reference: str = strawberry.field(description="External chat id, unique in the tenant.")
    name: str = strawberry.field(description="Name shown to operators.")
    owner: str = strawberry.field(description="Staff user id of the owner (群主).")
    size: int = strawberry.field(description="Members present now.")
    created_at: datetime = strawberry.field(description="When it was registered.")
    uuid: strawberry.Private[str]

    @resolved("The eight health indicators over a window of local dates.")
    async def indicators(
        self, info: Info, from_date: FromDate, to_date: ToDate, compare: Compare = False
    ) -> GroupIndicators | None:
        window = Window.of(from_date, to_date)
        return await info.context.loaders.segmentation.indicators.load((self.uuid, (window, compare)))

    @resolved("The eight indicators by day, week or month, at most 100 points (指标趋势).")
    async def indicator_series(
        self, info: Info, from_date: FromDate, to_date: ToDate, grain: OfGrain = Grain.DAY
    ) -> IndicatorSeries | None:
        window = Window.of(from_date, to_date)
        points = await info.context.loaders.segmentation.indicator_points.load((self.uuid, (window, grain)))
        return IndicatorSeries(wire=points)

    @resolved("Facts day by day over a window of local dates; days without facts are left out.")
    async def daily_facts(self, info: Info, from_date: FromDate, to_date: ToDate) -> list[DailyFacts] | None:
        window = Window.of(from_date, to_date)
        return await info.context.loaders.segmentation.daily_facts.load((self.uuid, window))

    @resolved("Alerts that are not closed (预警).")
    async def alerts(
        self, info: Info
    ) -> list[Annotated["Alert", strawberry.lazy("gateway.segmentation.alerts")]] | None:
        return await info.context.loaders.segmentation.group_alerts.load(self.uuid)

    @resolved("How its members spread over the tiers (分层占比), beside the targets.")
    async def tier_distribution(self, info: Info) -> list[TierShare] | None:
        return await info.context.loaders.segmentation.tier_distributions.load(self.uuid)

    @resolved("Mass messages the group can still receive in a month (触达配额).")
    async def contact_budget(
        self,
        info: Info,
        month: Annotated[str, strawberry.argument(description="Local month, YYYY-MM.")],
    ) -> Annotated["ContactBudget", strawberry.lazy("gateway.content.types")] | None:
        return await info.context.loaders.content.contact_budgets.load((self.uuid, month))

    @classmethod
    def of(cls, group: groups_pb2.Group) -> Self:
        return cls(
            id=global_id("Group", group.id),
            external_reference=group.external_reference,
            name=group.name,
            owner=group.owner,
            size=group.size,
            created_at=moment(group.created_at),
            uuid=group.id,
        )
