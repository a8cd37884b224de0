"""Measure the eight indicators of groups, or of the tenant, by day, week or month."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from segmentation.application.ports import UnitOfWork
from segmentation.domain.indicators import GroupIndicators, assess
from segmentation.domain.windows import Grain, Window


async def measure_series(
    uow: UnitOfWork, group_ids: Sequence[UUID], first: date, last: date, grain: Grain, now: datetime
) -> list[GroupIndicators]:
    """By group, then time, up to now; no groups given means the tenant. Raises InvalidWindow."""
    asked = Window.of(first, last, await uow.fact_zones.current(), longest=None)
    asked.points(grain)
    window = asked.begun(now)
    if window is None:
        return []
    points = window.points(grain)
    policies = await uow.indicator_policies.in_force(group_ids)
    if not group_ids:
        _, totals = await uow.measurements.of_tenant(points, now)
        return [assess(counts, point, policies.tenant) for point, counts in zip(points, totals, strict=True)]
    counted = await uow.measurements.of_groups(group_ids, points, now)
    return [
        assess(counts, point, policies.of(group_id))
        for group_id, of_group in counted.items()
        for point, counts in zip(points, of_group, strict=True)
    ]
