"""Delete a segment."""

from datetime import datetime
from uuid import UUID

from segmentation.application.fill_segments import start_filling
from segmentation.application.ports import UnitOfWork
from segmentation.domain.events import SegmentDeleted


async def delete_segment(uow: UnitOfWork, segment_id: UUID, now: datetime) -> None:
    """One that is not there changes nothing. Who was in it is cleared away in the background."""
    await uow.segments.claim()
    if await uow.segments.delete(segment_id):
        await start_filling(uow, now)
        await uow.publish(SegmentDeleted(segment_id), at=now)
