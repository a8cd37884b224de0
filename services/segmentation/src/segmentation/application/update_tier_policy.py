"""Replace the tier policy of the tenant."""

from dataclasses import replace
from datetime import datetime

from segmentation.application.assign_tiers import wake
from segmentation.application.ports import UnitOfWork
from segmentation.application.refill_segments import refill_segments
from segmentation.domain.errors import StaleVersion
from segmentation.domain.events import TierPolicyUpdated
from segmentation.domain.policy import TierPolicy


async def update_tier_policy(
    uow: UnitOfWork, proposed: TierPolicy, expected_version: int, now: datetime
) -> tuple[TierPolicy, int]:
    """The new version and how many members changed tier by it. The same policy again changes nothing.

    Raises StaleVersion unless `expected_version` is in force.
    """
    current = await uow.policies.replaceable_tiers()
    if replace(proposed, version=current.version) == current:
        return current, 0
    if current.version != expected_version:
        raise StaleVersion(f"Version {current.version} is in force; read it and change that.")
    policy = replace(proposed, version=current.version + 1)
    await uow.policies.add_tiers(policy, now)
    swept = await uow.tier_sweep.all(policy, current, now)
    await wake(uow, swept.soonest, now)
    await refill_segments(uow, now)
    await uow.publish(TierPolicyUpdated(policy.version, swept.changed), at=now)
    return policy, swept.changed
