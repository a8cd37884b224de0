"""Measure the eight indicators of all groups of the tenant together."""

from datetime import date, datetime

from segmentation.application.ports import UnitOfWork
from segmentation.domain.indicators import GroupCounts, GroupIndicators, assess
from segmentation.domain.windows import Window, complete_days


async def measure_tenant(
    uow: UnitOfWork, first: date, last: date, now: datetime, *, compare: bool = False
) -> tuple[int, GroupIndicators]:
    """How many groups there are, and the indicators of their sums. Raises InvalidWindow."""
    asked = Window.of(first, last, await uow.fact_zones.current())
    policy = (await uow.indicator_policies.in_force([])).tenant
    window = asked.begun(now)
    if window is None:
        groups, _ = await uow.measurements.of_tenant([complete_days(1, now, asked.zone)], now)
        return groups, assess(GroupCounts(None), asked, policy)
    windows = [window.before(), window] if compare else [window]
    groups, [*previous, counts] = await uow.measurements.of_tenant(windows, now)
    return groups, assess(counts, window, policy, *previous)
