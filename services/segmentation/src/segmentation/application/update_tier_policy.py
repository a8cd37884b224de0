"""Replace the tier policy of the tenant."""

from dataclasses import replace
from datetime import datetime

from segmentation.application.assign_tiers import assign_tiers
from segmentation.application.ports import UnitOfWork
from segmentation.domain.errors import StaleVersion
from segmentation.domain.events import TierPolicyUpdated
from segmentation.domain.policy import TierPolicy

BATCH = 1_000


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
    changed, last = 0, None
    while members := await uow.tiers.all(policy, now, after=last, limit=BATCH):
        changes = await assign_tiers(uow, members, policy, now)
        await uow.publish(*changes, at=now)
        changed, last = changed + len(changes), members[-1].member_id
    await uow.publish(TierPolicyUpdated(policy.version, changed), at=now)
    return policy, changed
