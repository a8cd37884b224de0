"""Record a batch of activities, and everything that follows from them."""

from datetime import datetime

from segmentation.application.assign_tiers import assign_tiers
from segmentation.application.keep_fitting import begin_fitting
from segmentation.application.ports import UnitOfWork
from segmentation.domain.activity import ActivityColumns
from segmentation.domain.errors import CurrencyMismatch


async def record_activities(uow: UnitOfWork, activities: ActivityColumns, now: datetime) -> None:
    """Activities known already change nothing; the order of arrival does not matter.

    A member's tier is decided once per batch, by `now`. Raises CurrencyMismatch.
    """
    tenant = await uow.tenant()
    if foreign := activities.currencies - {tenant.currency}:
        raise CurrencyMismatch(f"Orders must be in {tenant.currency}, not {', '.join(sorted(foreign))}")
    policy = await uow.policies.tiers()
    await uow.members.see(activities)
    recorded = await uow.activities.add(activities, tenant.zone)
    if not recorded.ids:
        return
    if recorded.buyer_ids:
        await begin_fitting(uow, now)
    moves = await uow.memberships.rebuild(recorded)
    changes = await assign_tiers(uow, await uow.tiers.open_after(recorded, policy, now), policy, now)
    await uow.publish(*moves, *changes, at=now)
