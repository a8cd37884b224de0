"""Save a condition as a segment."""

from dataclasses import dataclass
from datetime import datetime

from chassis.ids import new_id
from segmentation.application.fill_segments import start_filling
from segmentation.application.ports import UnitOfWork
from segmentation.domain.conditions import Condition
from segmentation.domain.errors import SegmentNameTaken
from segmentation.domain.segments import Segment


@dataclass(frozen=True, slots=True)
class CreateSegment:
    name: str
    condition: Condition


async def create_segment(uow: UnitOfWork, command: CreateSegment, now: datetime) -> Segment:
    """Its members are worked out in the background.

    Raises InvalidCondition, SegmentNameTaken, TooManySegments.
    """
    await uow.segments.claim()
    segment = Segment.create(new_id(), command.name, command.condition, await uow.segments.count(), now)
    if not await uow.segments.save(segment):
        raise SegmentNameTaken(f"There is a segment {command.name!r} already; take another name")
    await uow.segments.begin(segment.id, segment.version, segment.condition)
    await start_filling(uow, now)
    return segment
