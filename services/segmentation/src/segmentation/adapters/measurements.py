"""What groups and the tenant did over windows, counted in PostgreSQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause

from chassis.database import Session
from segmentation.adapters.cohort_counts import COHORTS
from segmentation.adapters.funnel_counts import FUNNEL
from segmentation.adapters.group_counts import (
    OF_ALL_GROUPS,
    OF_ALL_GROUPS_BY_KIND,
    OF_GROUPS,
    OF_TENANT,
)
from segmentation.domain.cohorts import CohortCount
from segmentation.domain.funnel import FunnelCounts, FunnelOf
from segmentation.domain.indicator_policy import IndicatorKind
from segmentation.domain.indicators import GroupCounts
from segmentation.domain.windows import Window, local_day


class SqlMeasurements:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection

    async def of_groups(
        self, group_ids: Sequence[UUID], windows: Sequence[Window], now: datetime
    ) -> Mapping[UUID, Sequence[GroupCounts]]:
        return await self._by_group(OF_GROUPS, {"group_ids": list(group_ids)}, windows, now)

    async def of_all_groups(
        self, windows: Sequence[Window], now: datetime, kind: IndicatorKind | None = None
    ) -> Mapping[UUID, Sequence[GroupCounts]]:
        statement = OF_ALL_GROUPS_BY_KIND[kind] if kind else OF_ALL_GROUPS
        return await self._by_group(statement, {}, windows, now)

    async def of_tenant(self, windows: Sequence[Window], now: datetime) -> tuple[int, Sequence[GroupCounts]]:
        rows = (await self._connection.execute(OF_TENANT, _bounds(windows, now))).all()
        if not rows:
            return 0, [GroupCounts(None) for _ in windows]
        totals = [
            GroupCounts(group_id=None, group_days=window.days * row.groups, **figures)
            for window, row in zip(windows, rows, strict=True)
            for figures in [{name: value for name, value in row._mapping.items() if name != "groups"}]
        ]
        return rows[0].groups, totals

    async def _by_group(
        self, statement: TextClause, asked: Mapping[str, Any], windows: Sequence[Window], now: datetime
    ) -> Mapping[UUID, Sequence[GroupCounts]]:
        rows = await self._connection.execute(statement, {**asked, **_bounds(windows, now)})
        return {
            group_id: [
                GroupCounts(group_days=window.days, **row._mapping)
                for window, row in zip(windows, of_group, strict=True)
            ]
            for group_id, of_group in groupby(rows, key=lambda row: row.group_id)
        }

    async def cohorts(
        self, group_ids: Sequence[UUID], window: Window, days: Sequence[int], now: datetime
    ) -> Sequence[CohortCount]:
        parameters = {
            "group_ids": list(group_ids),
            "zone": window.zone.key,
            "starts_at": window.starts_at,
            "ends_at": window.ends_at,
            "days": list(days),
            "today": local_day(now, window.zone),
        }
        rows = await self._connection.execute(COHORTS, parameters)
        return [CohortCount(*row) for row in rows]

    async def funnel(self, group_ids: Sequence[UUID], window: Window, of: FunnelOf) -> FunnelCounts:
        parameters = {
            "group_ids": list(group_ids),
            "starts_at": window.starts_at,
            "ends_at": window.ends_at,
            "post_id": of.post_id,
            "campaign_id": str(of.campaign_id) if of.campaign_id else None,
        }
        return FunnelCounts(*(await self._connection.execute(FUNNEL, parameters)).one())


def _bounds(windows: Sequence[Window], now: datetime) -> dict[str, Any]:
    """Of windows that follow one another without a gap, the future cut off."""
    first, last = windows[0], windows[-1]
    ends = [window.ends_at for window in windows]
    return {
        "zone": first.zone.key,
        "firsts": [window.first for window in windows],
        "lasts": [window.last for window in windows],
        "starts": [window.starts_at for window in windows],
        "ends": ends,
        "seen_until": [min(end, now) for end in ends],
        "first": first.first,
        "last": last.last,
        "starts_at": first.starts_at,
        "ends_at": last.ends_at,
        "today": local_day(now, first.zone),
    }
