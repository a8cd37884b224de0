"""Record a batch of activities, and everything that follows from them."""

from datetime import datetime

from segmentation.application.announce_tags import announce_tags
from segmentation.application.assign_tiers import assign_tiers
from segmentation.application.keep_fitting import begin_fitting
from segmentation.application.keep_segments import keep_segments
from segmentation.application.leave_out_erased import leave_out_erased
from segmentation.application.ports import UnitOfWork
from segmentation.application.time_judgement import judge_after_late
from segmentation.domain.activity import ActivityColumns
from segmentation.domain.errors import CurrencyMismatch


async def record_activities(uow: UnitOfWork, activities: ActivityColumns, now: datetime) -> None:
    """Activities known already change nothing; the order of arrival does not matter.

    A member's tier is decided once per batch, by `now`. Raises CurrencyMismatch.
    """
    tenant = await uow.tenant()
    if foreign := activities.currencies - {tenant.currency}:
        raise CurrencyMismatch(f"Orders must be in {tenant.currency}, not {', '.join(sorted(foreign))}")
    zone = await uow.fact_zones.hold()
    policy = await uow.policies.tiers()
    segments = await uow.segments.in_force()
    activities = await leave_out_erased(uow, await uow.identities.resolve(activities))
    if not activities.ids:
        return
    await uow.activities.hold_payers(activities)
    await uow.members.see(activities)
    recorded = await uow.activities.add(activities, zone)
    if not recorded.ids:
        return
    if recorded.buyer_ids:
        await begin_fitting(uow, now)
    moves = await uow.memberships.rebuild(recorded)
    changes = await assign_tiers(uow, await uow.tiers.open_after(recorded, policy, now), policy, now)
    await uow.publish(*moves, *changes, at=now)
    await announce_tags(uow, await uow.tags.set_by_keywords(activities, recorded.ids, now), now)
    await keep_segments(uow, segments, recorded.member_ids, policy, now)
    await judge_after_late(uow, activities.occurred_at, zone, now)
