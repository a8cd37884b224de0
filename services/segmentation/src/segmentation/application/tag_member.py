"""Set and remove manual tags of a member."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from segmentation.application.announce_tags import announce_tags
from segmentation.application.ports import UnitOfWork
from segmentation.application.refresh_segments import refresh_segments
from segmentation.domain.errors import MemberNotFound
from segmentation.domain.member import Member


@dataclass(frozen=True, slots=True)
class TagMember:
    member_id: UUID
    add: Sequence[str]
    remove: Sequence[str]


async def tag_member(uow: UnitOfWork, command: TagMember, now: datetime) -> Member:
    """A name both added and removed ends up set. Raises MemberNotFound."""
    await uow.identities.hold()
    change = await uow.tags.set_manually(command.member_id, command.add, command.remove, now)
    if change is None:
        raise MemberNotFound(f"There is no member {command.member_id}; look the member up by reference")
    await announce_tags(uow, [change], now)
    if change.added or change.removed:
        await refresh_segments(uow, [command.member_id], now)
    [member] = await uow.members.by_ids([command.member_id], now)
    return member
