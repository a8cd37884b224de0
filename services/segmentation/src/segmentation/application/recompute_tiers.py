"""Decide every member anew by the policy in force."""

from datetime import datetime

from segmentation.application.assign_tiers import wake
from segmentation.application.ports import UnitOfWork
from segmentation.application.refill_segments import refill_segments
from segmentation.application.tier_ports import Swept
from segmentation.application.wake_segments import wake as wake_segments


async def recompute_tiers(uow: UnitOfWork, now: datetime) -> Swept:
    """From what members did, not from what is kept of it; changes nothing unless something was amiss."""
    swept = await uow.tier_sweep.anew(await uow.policies.replaceable_tiers(), now)
    await wake(uow, swept.soonest, now)
    if swept.marked:
        await wake_segments(uow, [now], now)
    if swept.changed:
        await refill_segments(uow, now)
    return swept
