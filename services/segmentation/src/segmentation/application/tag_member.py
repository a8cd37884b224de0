"""Set and remove manual tags of a member."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from segmentation.application.ports import UnitOfWork
from segmentation.domain.errors import MemberNotFound
from segmentation.domain.member import Member


@dataclass(frozen=True, slots=True)
class TagMember:
    member_id: UUID
    add: Sequence[str]
    remove: Sequence[str]


async def tag_member(uow: UnitOfWork, command: TagMember, now: datetime) -> Member:
    """A name both added and removed ends up set. Raises MemberNotFound."""
    if not await uow.members.by_ids([command.member_id], now):
        raise MemberNotFound(f"There is no member {command.member_id}; look the member up by reference")
    await uow.members.tag(command.member_id, command.add, command.remove, now)
    [member] = await uow.members.by_ids([command.member_id], now)
    return member
