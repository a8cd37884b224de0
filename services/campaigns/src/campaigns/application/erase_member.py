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


async def erase_member(uow: UnitOfWork, command: EraseMember, now: datetime) -> None:
    """The member and those merged into it; says how many rows of which tables."""
    tables = await uow.personal_data.erase([command.member_id, *command.merged_member_ids], now)
    await uow.publish(MemberErased(command.erasure_id, command.member_id, tables, now), at=now)
