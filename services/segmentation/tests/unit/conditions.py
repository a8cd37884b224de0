"""What a condition looks at, derived from activities in memory."""

from uuid import UUID

from segmentation.domain.conditions import Done, MemberHistory

from .fakes import Memory


def history_of(memory: Memory, member_id: UUID) -> MemberHistory:
    """Without name, tier and tags."""
    rows = memory.of_member(member_id)
    return MemberHistory(
        external_reference="",
        display_name="",
        first_seen_at=min(row.occurred_at for row in rows),
        last_seen_at=max(row.occurred_at for row in rows),
        group_ids=[
            group for group, found in memory.stays(member_id).items() if found and not found[-1].left_at
        ],
        payments=memory.payments(member_id),
        activities=[Done(row.kind, row.occurred_at, row.group_id) for row in rows],
    )
