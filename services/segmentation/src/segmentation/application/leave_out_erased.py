"""What a member did before being erased is not taken in again."""

from dataclasses import replace
from datetime import datetime

from segmentation.application.ports import UnitOfWork
from segmentation.domain.activity import ActivityColumns


async def leave_out_erased(uow: UnitOfWork, activities: ActivityColumns) -> ActivityColumns:
    """Nor are they named as those who invited somebody. Who does something afterwards is a new member."""
    inviters = [member_id for member_id in activities.invited_by_ids if member_id]
    erased = await uow.erased.among({*activities.member_ids, *inviters})
    if not erased:
        return activities

    def forgotten(member_id: str | None, at: datetime) -> bool:
        erased_at = erased.get(member_id) if member_id else None
        return erased_at is not None and at <= erased_at

    occurred_at = activities.occurred_at
    invited_by_ids = [
        None if forgotten(member_id, at) else member_id
        for member_id, at in zip(activities.invited_by_ids, occurred_at, strict=True)
    ]
    kept = [
        not forgotten(member_id, at) for member_id, at in zip(activities.member_ids, occurred_at, strict=True)
    ]
    return replace(activities, invited_by_ids=invited_by_ids).chosen(kept)
