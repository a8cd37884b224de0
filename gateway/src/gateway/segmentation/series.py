"""Indicators by day, week or month, ready to plot."""

from collections import defaultdict
from datetime import date
from enum import Enum
from typing import Annotated, NamedTuple, Self, TypeAlias

import strawberry

from gateway.fields import resolved
from gateway.segmentation.indicators import (
    INDICATOR_KINDS,
    INDICATOR_STATUSES,
    GroupIndicators,
    IndicatorKind,
    IndicatorStatus,
)
from gateway.values import optional
from quanzi.segmentation.v1 import indicators_pb2


class Window(NamedTuple):
    """First and last local date, YYYY-MM-DD."""

    from_date: str
    to_date: str

    @classmethod
    def of(cls, from_date: date, to_date: date) -> Self:
        return cls(from_date.isoformat(), to_date.isoformat())


@strawberry.enum(description="The width of a point of a series.")
class Grain(Enum):
    DAY = strawberry.enum_value(indicators_pb2.GRAIN_DAY, description="日: a local day.")
    WEEK = strawberry.enum_value(indicators_pb2.GRAIN_WEEK, description="周: Monday to Sunday.")
    MONTH = strawberry.enum_value(indicators_pb2.GRAIN_MONTH, description="月: a calendar month.")


OfGrain: TypeAlias = Annotated[Grain, strawberry.argument(description="The width of a point.")]


@strawberry.type(description="A point of the line of one indicator.")
class LinePoint:
    day: date = strawberry.field(name="date", description="First local date the point is of.")
    value: float | None = strawberry.field(description="Null, a gap in the line, when unknown.")
    status: IndicatorStatus = strawberry.field(description="How it stands against the threshold.")

    @classmethod
    def of(cls, from_date: str, indicator: indicators_pb2.Indicator) -> Self:
        return cls(
            day=date.fromisoformat(from_date),
            value=optional(indicator, "value"),
            status=INDICATOR_STATUSES[indicator.status],
        )


@strawberry.type(description="One indicator over time: a line to plot, and the threshold to plot across it.")
class IndicatorLine:
    kind: IndicatorKind = strawberry.field(description="Which one.")
    healthy_from: float = strawberry.field(description="Healthy at or above this.")
    points: list[LinePoint] = strawberry.field(description="By date, one for each day, week or month.")


@strawberry.type(description="The eight indicators over time; the first and last point may be cut short.")
class IndicatorSeries:
    wire: strawberry.Private[list[indicators_pb2.GroupIndicators]]

    @resolved("By date: all indicators of a day, week or month together.")
    def points(self) -> list[GroupIndicators]:
        return [GroupIndicators.of(point) for point in self.wire]

    @resolved("By indicator: a line each, in the order of `IndicatorKind`.")
    def lines(self) -> list[IndicatorLine]:
        lines: defaultdict[int, list[LinePoint]] = defaultdict(list)
        thresholds: dict[int, float] = {}
        for point in self.wire:
            for indicator in point.indicators:
                thresholds[indicator.kind] = indicator.healthy_from
                lines[indicator.kind].append(LinePoint.of(point.from_date, indicator))
        return [
            IndicatorLine(kind=INDICATOR_KINDS[kind], healthy_from=thresholds[kind], points=lines[kind])
            for kind in sorted(lines)
        ]
