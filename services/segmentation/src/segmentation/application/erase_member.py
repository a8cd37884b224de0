"""Erase what this service keeps of a member."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.timers import Timer
from segmentation.application.ports import UnitOfWork
from segmentation.domain.events import MemberErased

DISCARD_FILE = "discard-file"


@dataclass(frozen=True, slots=True)
class EraseMember:
    erasure_id: UUID
    member_id: UUID
    merged_member_ids: Sequence[UUID]


async def erase_member(uow: UnitOfWork, command: EraseMember, now: datetime) -> None:
    """The member and those merged into it, with the files about them; says how many rows of which tables."""
    member_ids = [command.member_id, *command.merged_member_ids]
    files = await uow.operations.with_file_about(member_ids)
    await uow.timers.schedule_many(
        [Timer(DISCARD_FILE, file.stored_as, now, {"size": file.bytes}) for file in files]
    )
    await uow.erasures.leave_groups(member_ids, now)
    tables = await uow.personal_data.erase(member_ids, now)
    await uow.publish(MemberErased(command.erasure_id, command.member_id, tables, now), at=now)
