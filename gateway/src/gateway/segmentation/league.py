"""Groups ranked by an indicator."""

from typing import Annotated, Self

import strawberry

from gateway.connections import First
from gateway.context import Info
from gateway.fields import resolved
from gateway.segmentation.arguments import FromDate, ToDate
from gateway.segmentation.groups import Group
from gateway.segmentation.indicators import Indicator, IndicatorKind
from gateway.values import number, optional
from quanzi.segmentation.v1 import indicators_pb2


@strawberry.type(description="A group and its place.")
class LeagueRow:
    rank: int = strawberry.field(description="1 is the first; equal values share a rank.")
    previous_rank: int | None = strawberry.field(
        description="In the window just before; null if the indicator was unknown then."
    )
    places_gained: int | None = strawberry.field(
        description="Places gained since then, below 0 for lost ones; null if there is no previous rank."
    )
    indicator: Indicator = strawberry.field(description="The indicator of the group.")
    group_uuid: strawberry.Private[str]

    @resolved("The group.")
    async def group(self, info: Info) -> Group | None:
        return await info.context.loaders.segmentation.group(self.group_uuid)

    @classmethod
    def of(cls, row: indicators_pb2.LeagueRow) -> Self:
        previous = optional(row, "previous_rank")
        return cls(
            rank=row.rank,
            previous_rank=previous,
            places_gained=None if previous is None else previous - row.rank,
            indicator=Indicator.of(row.indicator),
            group_uuid=row.group_id,
        )


@strawberry.type(description="Groups ranked by an indicator (群排行).")
class League:
    rows: list[LeagueRow] = strawberry.field(
        description="By rank; groups where the indicator is unknown come last."
    )
    groups: int = strawberry.field(description="Groups in all.")

    @classmethod
    def of(cls, answer: indicators_pb2.GetLeagueResponse) -> Self:
        return cls(rows=[LeagueRow.of(row) for row in answer.rows], groups=answer.groups)


@strawberry.type
class LeagueQueries:
    @resolved("Groups ranked by an indicator (群排行).")
    async def league(
        self,
        info: Info,
        kind: Annotated[IndicatorKind, strawberry.argument(description="The indicator.")],
        from_date: FromDate,
        to_date: ToDate,
        first: First = 20,
        worst_first: Annotated[bool, strawberry.argument(description="The worst first.")] = False,
    ) -> League | None:
        request = indicators_pb2.GetLeagueRequest(
            kind=number(kind),
            from_date=from_date.isoformat(),
            to_date=to_date.isoformat(),
            first=first,
            worst_first=worst_first,
        )
        return League.of(await info.context.clients.indicators.GetLeague(request))
