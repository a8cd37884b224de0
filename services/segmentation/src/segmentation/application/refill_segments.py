"""Work out segments anew: the policy behind tiers and scores changed, or a history came."""

from datetime import datetime

from segmentation.application.fill_segments import start_filling
from segmentation.application.ports import UnitOfWork
from segmentation.domain.conditions import depends_on_policy


async def refill_segments(uow: UnitOfWork, now: datetime, *, every: bool = False) -> None:
    """Every one, or those that look at tiers or scores.

    Readers see who was in them until everybody was looked at; meanwhile upkeep goes by the new policy.
    """
    await uow.segments.claim()
    newest = {it.segment_id: it for it in await uow.segments.in_force()}
    dependent = [it for it in newest.values() if every or depends_on_policy(it.condition)]
    for generation in dependent:
        await uow.segments.begin(generation.segment_id, generation.version, generation.condition)
    if dependent:
        await start_filling(uow, now)
