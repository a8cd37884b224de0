"""Work out anew the segments that look at tiers or scores, because the policy behind these changed."""

from datetime import datetime

from segmentation.application.fill_segments import start_filling
from segmentation.application.ports import UnitOfWork
from segmentation.domain.conditions import depends_on_policy


async def refill_segments(uow: UnitOfWork, now: datetime) -> None:
    """Readers see who was in them until everybody was looked at; meanwhile upkeep goes by the new policy."""
    await uow.segments.claim()
    newest = {it.segment_id: it for it in await uow.segments.in_force()}
    dependent = [it for it in newest.values() if depends_on_policy(it.condition)]
    for generation in dependent:
        await uow.segments.begin(generation.segment_id, generation.version, generation.condition)
    if dependent:
        await start_filling(uow, now)
