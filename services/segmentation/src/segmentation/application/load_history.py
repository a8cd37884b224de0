"""Take in what happened before a brand came to us, and settle what follows from it once, at the end."""

from collections.abc import Collection
from datetime import datetime

from chassis.ids import derived_id
from segmentation.application.keep_fitting import begin_fitting
from segmentation.application.leave_out_erased import leave_out_erased
from segmentation.application.ports import UnitOfWork
from segmentation.application.recompute_tiers import recompute_tiers
from segmentation.application.refill_segments import refill_segments
from segmentation.application.time_judgement import judge_as_the_day_closes, judge_at_once
from segmentation.domain.activity import ActivityColumns
from segmentation.domain.events import GroupRegistered
from segmentation.domain.group import LONGEST_NAME


async def load_history(
    uow: UnitOfWork, activities: ActivityColumns, group_references: Collection[str], now: datetime
) -> int:
    """Keeps the activities not known yet and tells how many; registers the groups not known yet.

    Members, orders and daily facts follow at once; stays, tiers and all that looks at them do in
    `settle_history`. Nothing is published but new groups.
    """
    zone = await uow.fact_zones.hold()
    await _register_groups(uow, group_references, now)
    activities = await leave_out_erased(uow, await uow.identities.resolve(activities))
    if not activities.ids:
        return 0
    await uow.members.see(activities)
    return await uow.activities.add_many(activities, zone)


async def settle_history(uow: UnitOfWork, now: datetime) -> int:
    """Derives all stays and decides all tiers anew, publishing who changed tier; tells how many members."""
    await uow.policies.replaceable_tiers()  # nobody records meanwhile
    await uow.memberships.rebuild_all()
    swept = await recompute_tiers(uow, now)
    await begin_fitting(uow, now)
    await judge_at_once(uow, now)
    await refill_segments(uow, now, every=True)
    return swept.members


async def _register_groups(uow: UnitOfWork, references: Collection[str], now: datetime) -> None:
    tenant_id = (await uow.tenant()).id
    by_id = {derived_id(tenant_id, "group", reference): reference for reference in references}
    new = await uow.groups.add_unknown(by_id, now)
    await uow.publish(*(GroupRegistered(it, by_id[it], by_id[it][:LONGEST_NAME]) for it in new), at=now)
    if new:
        await judge_as_the_day_closes(uow, now)
