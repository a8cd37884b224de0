"""Rename a segment, or change its condition."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from segmentation.application.fill_segments import start_filling
from segmentation.application.ports import UnitOfWork
from segmentation.domain.conditions import Condition
from segmentation.domain.errors import SegmentNameTaken, SegmentNotFound
from segmentation.domain.events import SegmentUpdated
from segmentation.domain.segments import Segment


@dataclass(frozen=True, slots=True)
class UpdateSegment:
    segment_id: UUID
    expected_version: int
    name: str
    condition: Condition


async def update_segment(uow: UnitOfWork, command: UpdateSegment, now: datetime) -> Segment:
    """Members are those of the condition before until those of the new one are known.

    The same again changes nothing. Raises InvalidCondition, SegmentNameTaken, SegmentNotFound, StaleVersion.
    """
    await uow.segments.claim()
    found = await uow.segments.by_ids([command.segment_id])
    if not found:
        raise SegmentNotFound(f"There is no segment {command.segment_id}; list the segments", field="id")
    [current] = found
    segment = current.change(command.name, command.condition, command.expected_version, now)
    if segment is current:
        return current
    if not await uow.segments.save(segment):
        raise SegmentNameTaken(f"There is a segment {command.name!r} already; take another name")
    if segment.condition != current.condition:
        await uow.segments.begin(segment.id, segment.version, segment.condition)
        await start_filling(uow, now)
        [segment] = await uow.segments.by_ids([segment.id])
    else:
        await uow.publish(SegmentUpdated(segment.id, segment.version, segment.name, segment.size), at=now)
    return segment
