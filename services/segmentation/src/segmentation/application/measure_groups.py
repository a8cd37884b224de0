"""Measure the eight indicators of groups over a window."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from segmentation.application.ports import UnitOfWork
from segmentation.domain.indicators import GroupCounts, GroupIndicators, Window, assess


async def measure_groups(
    uow: UnitOfWork, group_ids: Sequence[UUID], first: date, last: date, now: datetime
) -> list[GroupIndicators]:
    """Local dates of the tenant, both ends included. Raises InvalidWindow."""
    policy = await uow.policies.indicators()
    window = Window.of(first, last, (await uow.tenant()).zone).begun(now)
    if window is None:
        return [assess(GroupCounts(group_id), 0, policy) for group_id in group_ids]
    counts = await uow.facts.counts(group_ids, window, now)
    return [assess(of_group, window.days, policy) for of_group in counts]
