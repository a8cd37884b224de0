"""Ask every service to erase what it keeps of a member."""

from datetime import datetime
from uuid import UUID

from chassis.ids import new_id
from segmentation.application.ports import UnitOfWork
from segmentation.domain.erasure import Erasure
from segmentation.domain.errors import MemberNotFound
from segmentation.domain.events import MemberErasureRequested


async def request_erasure(
    uow: UnitOfWork, member_id: UUID, reason: str, requested_by: str, now: datetime
) -> Erasure:
    """The one that is running, if one is. Raises MemberNotFound."""
    await uow.merges.claim()
    if running := await uow.erasures.running(member_id):
        return running
    if not await uow.members.by_ids([member_id], now):
        raise MemberNotFound(f"There is no member {member_id}; look the member up by reference")
    merged = tuple(await uow.export_reads.merged_into(member_id))
    erasure = Erasure(new_id(), member_id, merged, reason, requested_by, now)
    await uow.erased.add([member_id, *merged], now)
    await uow.erasures.add(erasure)
    await uow.publish(MemberErasureRequested(erasure.id, member_id, merged), at=now)
    return erasure
