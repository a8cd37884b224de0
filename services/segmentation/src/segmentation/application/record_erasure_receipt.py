"""Keep what a service reports about an erasure, until all have."""

from datetime import datetime
from uuid import UUID

from segmentation.application.ports import UnitOfWork
from segmentation.domain.erasure import ErasureReceipt
from segmentation.domain.events import MemberErasureCompleted


async def record_erasure_receipt(
    uow: UnitOfWork, erasure_id: UUID, receipt: ErasureReceipt, now: datetime
) -> None:
    erasure = await uow.erasures.receive(erasure_id, receipt)
    completed = erasure.complete(now)
    if completed is not erasure:
        await uow.erasures.complete(completed)
        await uow.publish(MemberErasureCompleted(erasure.id, erasure.member_id, now), at=now)
