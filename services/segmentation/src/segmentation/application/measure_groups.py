"""Measure the eight indicators of groups over a window."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from segmentation.application.ports import UnitOfWork
from segmentation.domain.indicators import GroupCounts, GroupIndicators, assess
from segmentation.domain.windows import Window


async def measure_groups(
    uow: UnitOfWork,
    group_ids: Sequence[UUID],
    first: date,
    last: date,
    now: datetime,
    *,
    compare: bool = False,
) -> list[GroupIndicators]:
    """Local dates of the tenant, both ends included; `compare` with the window just before.

    Raises InvalidWindow.
    """
    asked = Window.of(first, last, await uow.fact_zones.current())
    policies = await uow.indicator_policies.in_force(group_ids)
    window = asked.begun(now)
    if window is None:
        return [assess(GroupCounts(it), asked, policies.of(it)) for it in dict.fromkeys(group_ids)]
    windows = [window.before(), window] if compare else [window]
    counted = await uow.measurements.of_groups(group_ids, windows, now)
    return [
        assess(counts, window, policies.of(group_id), *previous)
        for group_id, [*previous, counts] in counted.items()
    ]
