"""What a member did before being erased is not taken in again."""

from dataclasses import replace

from segmentation.application.ports import UnitOfWork
from segmentation.domain.activity import ActivityColumns


async def leave_out_erased(uow: UnitOfWork, activities: ActivityColumns) -> ActivityColumns:
    """Nor are they named as those who invited somebody. Who does something afterwards is a new member."""
    inviters = [member_id for member_id in activities.invited_by_ids if member_id]
    erased = await uow.erasures.erased([*activities.member_ids, *inviters])
    if not erased:
        return activities
    invited_by_ids = [
        None if member_id and member_id in erased and at <= erased[member_id] else member_id
        for member_id, at in zip(activities.invited_by_ids, activities.occurred_at, strict=True)
    ]
    kept = [
        member_id not in erased or at > erased[member_id]
        for member_id, at in zip(activities.member_ids, activities.occurred_at, strict=True)
    ]
    return replace(activities, invited_by_ids=invited_by_ids).chosen(kept)
