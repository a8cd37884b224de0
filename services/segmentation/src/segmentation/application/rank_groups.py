"""Rank all groups by one indicator."""

from collections.abc import Sequence
from datetime import date, datetime

from segmentation.application.ports import UnitOfWork
from segmentation.domain.indicator_policy import IndicatorKind
from segmentation.domain.indicators import indicator
from segmentation.domain.league import LeagueRow, league
from segmentation.domain.windows import Window


async def rank_groups(
    uow: UnitOfWork, kind: IndicatorKind, first: date, last: date, now: datetime, *, worst_first: bool = False
) -> Sequence[LeagueRow]:
    """Compared with the window just before. Raises InvalidWindow."""
    window = Window.of(first, last, await uow.fact_zones.current()).begun(now)
    if window is None:
        return []
    policies = await uow.indicator_policies.in_force()
    counted = await uow.measurements.of_all_groups([window.before(), window], now, kind)
    indicators = {
        group_id: indicator(kind, counts, policies.of(group_id), previous)
        for group_id, [previous, counts] in counted.items()
    }
    return league(indicators, worst_first=worst_first)
