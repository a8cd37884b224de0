"""Lifetime value over time."""

from collections.abc import Iterable
from datetime import date
from enum import Enum
from typing import Annotated, Self

import strawberry

from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import uuids_of
from gateway.scalars import Int64
from gateway.segmentation.arguments import FromDate, InGroups, ToDate
from gateway.segmentation.groups import Group
from gateway.segmentation.tiers import TIERS, Tier
from gateway.values import number, optional
from quanzi.segmentation.v1 import predictions_pb2


@strawberry.enum(description="What lifetime values are split by.")
class LifetimeScope(Enum):
    TENANT = strawberry.enum_value(predictions_pb2.LIFETIME_SCOPE_TENANT, description="Not split.")
    TIER = strawberry.enum_value(predictions_pb2.LIFETIME_SCOPE_TIER, description="By tier.")
    GROUP = strawberry.enum_value(predictions_pb2.LIFETIME_SCOPE_GROUP, description="By group.")


@strawberry.type(description="Lifetime value on one day.")
class LifetimeValue:
    day: date = strawberry.field(name="date", description="Local date.")
    members: int = strawberry.field(description="Members counted.")
    mean_historic_minor: Int64 = strawberry.field(
        description="Mean net spend so far per member, minor units."
    )
    mean_expected_90d_minor: Int64 | None = strawberry.field(
        name="meanExpected90dMinor",
        description="Mean expected net spend of the next 90 days per member; null if nothing is predicted.",
    )
    total_minor: Int64 = strawberry.field(description="Sum of both over all members, minor units.")

    @classmethod
    def of(cls, value: predictions_pb2.LifetimeValue) -> Self:
        return cls(
            day=date.fromisoformat(value.date),
            members=value.members,
            mean_historic_minor=Int64(value.mean_historic_minor),
            mean_expected_90d_minor=optional(value, "mean_expected_90d_minor"),
            total_minor=Int64(value.total_minor),
        )


@strawberry.type(description="Lifetime value over time: a line to plot.")
class LifetimeValueSeries:
    tier: Tier | None = strawberry.field(description="Whose value, by tier.")
    points: list[LifetimeValue] = strawberry.field(description="By date, one per day it was worked out on.")
    group_uuid: strawberry.Private[str]

    @resolved("Whose value, by group.")
    async def group(self, info: Info) -> Group | None:
        return await info.context.loaders.segmentation.group(self.group_uuid)

    @classmethod
    def split(cls, values: Iterable[predictions_pb2.LifetimeValue]) -> list[Self]:
        """One series for each tier or group, in the order of the service."""
        found: dict[tuple[int, str], Self] = {}
        for value in values:
            key = (value.tier, value.group_id)
            series = found.setdefault(
                key, cls(tier=TIERS.get(value.tier), points=[], group_uuid=value.group_id)
            )
            series.points.append(LifetimeValue.of(value))
        return list(found.values())


@strawberry.type
class LifetimeValueQueries:
    @resolved("Lifetime value (客户终身价值) over local dates: a series for each tier or group.")
    async def lifetime_values(
        self,
        info: Info,
        from_date: FromDate,
        to_date: ToDate,
        scope: Annotated[
            LifetimeScope, strawberry.argument(description="What to split by.")
        ] = LifetimeScope.TENANT,
        groups: InGroups = None,
    ) -> list[LifetimeValueSeries] | None:
        request = predictions_pb2.ListLifetimeValuesRequest(
            scope=number(scope),
            group_ids=uuids_of(groups, "Group", "groups"),
            from_date=from_date.isoformat(),
            to_date=to_date.isoformat(),
        )
        answer = await info.context.clients.predictions.ListLifetimeValues(request)
        return LifetimeValueSeries.split(answer.values)
