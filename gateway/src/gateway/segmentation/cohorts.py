"""The cohort table: who stays."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Self

import strawberry

from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import uuids_of
from gateway.segmentation.arguments import FromDate, InGroups, ToDate
from gateway.values import optional
from quanzi.segmentation.v1 import indicators_pb2


@strawberry.type(description="Of one join week, who is still there at the end of local day N after joining.")
class CohortCell:
    day: int = strawberry.field(description="N.")
    eligible: int = strawberry.field(description="Members who joined long enough ago to be counted.")
    retained: int = strawberry.field(description="Those of them still there.")
    rate: float | None = strawberry.field(
        description="The ones of the others, 0 to 1; null, not drawn, while nobody joined long enough ago."
    )

    @classmethod
    def of(cls, cell: indicators_pb2.CohortCell) -> Self:
        return cls(day=cell.day, eligible=cell.eligible, retained=cell.retained, rate=optional(cell, "rate"))


@strawberry.type(description="Those who joined in one week: a row of the cohort table (留存).")
class Cohort:
    week: date = strawberry.field(description="Monday of the week.")
    joined: int = strawberry.field(description="Members who joined.")
    cells: list[CohortCell] = strawberry.field(description="The row, by day.")

    @classmethod
    def of(cls, cohort: indicators_pb2.Cohort) -> Self:
        return cls(
            week=date.fromisoformat(cohort.week),
            joined=cohort.joined,
            cells=[CohortCell.of(cell) for cell in cohort.cells],
        )


@strawberry.type(description="The cohort table: a row for each join week, a column for each day.")
class CohortTable:
    days: list[int] = strawberry.field(description="The columns: after how many days.")
    cohorts: list[Cohort] = strawberry.field(description="The rows, by week.")

    @classmethod
    def of(cls, cohorts: Sequence[indicators_pb2.Cohort]) -> Self:
        days = [cell.day for cell in cohorts[0].cells] if cohorts else []
        return cls(days=days, cohorts=[Cohort.of(cohort) for cohort in cohorts])


@strawberry.type
class CohortQueries:
    @resolved("Who of those that joined in a week is still there after N days (留存), at most 53 weeks.")
    async def cohorts(
        self,
        info: Info,
        from_date: FromDate,
        to_date: ToDate,
        groups: InGroups = None,
        days: Annotated[
            list[int] | None,
            strawberry.argument(
                description="After how many days, 0 to 366, at most 20; default 1, 3, 7, 14, 30, 60, 90."
            ),
        ] = None,
    ) -> CohortTable | None:
        request = indicators_pb2.GetCohortsRequest(
            group_ids=uuids_of(groups, "Group", "groups"),
            from_date=from_date.isoformat(),
            to_date=to_date.isoformat(),
            days=days,
        )
        answer = await info.context.clients.indicators.GetCohorts(request)
        return CohortTable.of(answer.cohorts)
