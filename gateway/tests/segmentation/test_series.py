"""Figures over time, ready to plot."""

from __future__ import annotations

from typing import Any

from quanzi.segmentation.v1 import indicators_pb2, predictions_pb2, tiers_pb2

from ..conftest import Door
from ..fakes import FakeServices
from ..test_members import uuid
from .test_pages import groups

SERIES = """
query ($from: Date!, $to: Date!) {
  indicatorSeries(fromDate: $from, toDate: $to, grain: WEEK) {
    points { fromDate toDate indicators { kind value } }
    lines { kind healthyFrom points { date value status } }
  }
}
"""
OF_GROUPS = """
query ($from: Date!, $to: Date!, $grain: Grain!) {
  groups(first: 50) { nodes { id indicatorSeries(fromDate: $from, toDate: $to, grain: $grain) {
    lines { kind points { date value } }
  } } }
}
"""
LIFETIME = """
query ($from: Date!, $to: Date!) {
  lifetimeValues(fromDate: $from, toDate: $to, scope: TIER) {
    tier group { id } points { date meanHistoricMinor meanExpected90dMinor totalMinor }
  }
}
"""
WEEKS = {"from": "2026-11-02", "to": "2026-11-15"}


def point(from_date: str, value: float | None, group_id: str = "") -> indicators_pb2.GroupIndicators:
    known, unknown = indicators_pb2.INDICATOR_STATUS_HEALTHY, indicators_pb2.INDICATOR_STATUS_UNKNOWN
    return indicators_pb2.GroupIndicators(
        group_id=group_id,
        from_date=from_date,
        to_date=from_date,
        indicators=[
            indicators_pb2.Indicator(
                kind=kind, value=value, healthy_from=0.5, status=unknown if value is None else known
            )
            for kind in (indicators_pb2.INDICATOR_KIND_SHARE_RATE, indicators_pb2.INDICATOR_KIND_CLICK_RATE)
        ],
    )


async def test_series_come_by_date_and_by_indicator(door: Door, services: FakeServices) -> None:
    asked = []

    def answer(request: indicators_pb2.BatchGetIndicatorSeriesRequest) -> Any:
        asked.append(request)
        points = [point("2026-11-02", 0.6), point("2026-11-09", None)]
        return indicators_pb2.BatchGetIndicatorSeriesResponse(points=points)

    services.answers["BatchGetIndicatorSeries"] = answer
    series = (await door.ask(SERIES, **WEEKS))["data"]["indicatorSeries"]
    assert [one["fromDate"] for one in series["points"]] == ["2026-11-02", "2026-11-09"]
    assert series["lines"] == [
        {
            "kind": kind,
            "healthyFrom": 0.5,
            "points": [
                {"date": "2026-11-02", "value": 0.6, "status": "HEALTHY"},
                {"date": "2026-11-09", "value": None, "status": "UNKNOWN"},
            ],
        }
        for kind in ("CLICK_RATE", "SHARE_RATE")
    ]
    assert (asked[0].grain, list(asked[0].group_ids)) == (indicators_pb2.GRAIN_WEEK, [])


async def test_series_of_many_groups_come_twenty_a_call(door: Door, services: FakeServices) -> None:
    groups(services)
    services.answers["BatchGetIndicatorSeries"] = lambda request: (
        indicators_pb2.BatchGetIndicatorSeriesResponse(
            points=[point(request.from_date, i / 100, one) for i, one in enumerate(request.group_ids)]
        )
    )
    nodes = (await door.ask(OF_GROUPS, **WEEKS, grain="DAY"))["data"]["groups"]["nodes"]
    assert services.calls == {"ListGroups": 1, "BatchGetIndicatorSeries": 3}
    assert nodes[21]["indicatorSeries"]["lines"][0]["points"] == [{"date": "2026-11-02", "value": 0.01}]


async def test_lifetime_values_are_a_series_for_each_tier(door: Door, services: FakeServices) -> None:
    vip, dormant = tiers_pb2.TIER_VIP, tiers_pb2.TIER_DORMANT
    values = [
        predictions_pb2.LifetimeValue(
            date=date, tier=tier, mean_historic_minor=9, total_minor=90, mean_expected_90d_minor=expected
        )
        for tier, expected in ((vip, 0), (dormant, None))
        for date in ("2026-11-02", "2026-11-03")
    ]
    services.answers["ListLifetimeValues"] = lambda _: predictions_pb2.ListLifetimeValuesResponse(
        values=values
    )
    series = (await door.ask(LIFETIME, **WEEKS))["data"]["lifetimeValues"]
    assert [(one["tier"], one["group"], len(one["points"])) for one in series] == [
        ("VIP", None, 2),
        ("DORMANT", None, 2),
    ]
    assert [one["points"][0]["meanExpected90dMinor"] for one in series] == [0, None]


async def test_places_gained_and_lost(door: Door, services: FakeServices) -> None:
    rows = [
        indicators_pb2.LeagueRow(
            rank=rank,
            previous_rank=before,
            group_id=uuid("g", rank),
            indicator=point("2026-11-02", 0.5).indicators[0],
        )
        for rank, before in ((1, 3), (2, 1), (3, None))
    ]
    services.answers["GetLeague"] = lambda _: indicators_pb2.GetLeagueResponse(rows=rows, groups=7)
    answer = await door.ask(
        "query ($from: Date!, $to: Date!) { league(kind: SHARE_RATE, fromDate: $from, toDate: $to, first: 3)"
        " { groups rows { rank placesGained } } }",
        **WEEKS,
    )
    assert answer["data"]["league"] == {
        "groups": 7,
        "rows": [
            {"rank": 1, "placesGained": 2},
            {"rank": 2, "placesGained": -1},
            {"rank": 3, "placesGained": None},
        ],
    }


async def test_shares_of_rfm_cells(door: Door, services: FakeServices) -> None:
    cells = [tiers_pb2.RfmCell(recency=r, frequency=1, monetary=1, members=r) for r in (1, 3)]
    services.answers["GetRfmDistribution"] = lambda request: tiers_pb2.GetRfmDistributionResponse(
        cells=cells if request.monthly else [], without_orders=6
    )
    asked = "query ($monthly: Boolean!) { rfmDistribution(monthly: $monthly) { buyers cells { share } } }"
    answers = [
        (await door.ask(asked, monthly=monthly))["data"]["rfmDistribution"] for monthly in (True, False)
    ]
    assert answers == [{"buyers": 4, "cells": [{"share": 0.25}, {"share": 0.75}]}, {"buyers": 0, "cells": []}]
