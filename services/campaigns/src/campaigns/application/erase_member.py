"""Erase what this service keeps of a member."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from campaigns.application.ports import UnitOfWork
from campaigns.domain.events import MemberErased


@dataclass(frozen=True, slots=True)
class EraseMember:
    erasure_id: UUID
    member_id: UUID
    merged_member_ids: Sequence[UUID]
    asked_at: datetime


async def erase_member(uow: UnitOfWork, command: EraseMember, now: datetime) -> None:
    """The member and those merged into it, for good; says how many rows of which tables."""
    member_ids = [command.member_id, *command.merged_member_ids]
    await uow.erased.add(member_ids, command.asked_at)
    tables = await uow.personal_data.erase(member_ids, now)
    await uow.publish(MemberErased(command.erasure_id, command.member_id, tables, now), at=now)
