"""See whom a condition holds for, before anything is saved."""

from datetime import datetime

from segmentation.application.ports import UnitOfWork
from segmentation.application.segment_ports import Preview
from segmentation.domain.conditions import Condition, check


async def preview_segment(uow: UnitOfWork, condition: Condition, sample: int, now: datetime) -> Preview:
    """Raises InvalidCondition."""
    check(condition)
    return await uow.segment_members.preview(condition, await uow.policies.tiers(), sample, now)
