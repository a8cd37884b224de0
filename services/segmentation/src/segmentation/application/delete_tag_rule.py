"""Delete a rule that sets a tag."""

from datetime import datetime
from uuid import UUID

from segmentation.application.fill_segments import start_filling
from segmentation.application.ports import UnitOfWork
from segmentation.application.sweep_tags import schedule_sweep


async def delete_tag_rule(uow: UnitOfWork, rule_id: UUID, now: datetime) -> None:
    """What it set and nobody confirmed goes in the background. One that is not there changes nothing."""
    await uow.segments.claim()
    if await uow.tag_rules.delete(rule_id):
        await uow.segments.delete(rule_id)
        await start_filling(uow, now)
        await schedule_sweep(uow, rule_id, now)
