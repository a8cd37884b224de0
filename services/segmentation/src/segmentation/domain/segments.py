"""Segments: saved conditions, and the generations in which their members are worked out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from uuid import UUID

from segmentation.domain.conditions import Condition, check
from segmentation.domain.errors import StaleVersion, TooManySegments
from segmentation.domain.events import SegmentMembersChanged

MAX_SEGMENTS = 200
MAX_CHANGES_TOLD = 500


class SegmentStatus(IntEnum):
    """Numbered as in quanzi.segmentation.v1.SegmentStatus."""

    LIVE = 1
    BACKFILLING = 2


class GenerationState(IntEnum):
    """In the order in which work goes on; a generation is dropped when another takes its place."""

    LIVE = 1
    FILLED = 2
    FILLING = 3
    DROPPED = 4


@dataclass(frozen=True, slots=True)
class Generation:
    """Who meets one condition of a segment. `version`: that of the segment the condition came with.

    With `sets_tag` it is the condition of a tag rule, `segment_id` the id of that: nobody reads its members.
    While it is FILLING, members up to `filled_to` have been looked at, and others that something touched.
    """

    segment_id: UUID
    number: int
    version: int
    condition: Condition
    state: GenerationState
    filled_to: UUID
    sets_tag: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """`condition` is the one last wanted; `progress` (0 to 1): how far its members are known."""

    id: UUID
    name: str
    condition: Condition
    version: int
    created_at: datetime
    updated_at: datetime
    status: SegmentStatus = SegmentStatus.BACKFILLING
    size: int = 0
    progress: float = 0.0

    @classmethod
    def create(cls, id_: UUID, name: str, condition: Condition, others: int, now: datetime) -> "Segment":
        """Beside so many others. Raises InvalidCondition, TooManySegments."""
        check(condition)
        if others >= MAX_SEGMENTS:
            raise TooManySegments(f"There are {MAX_SEGMENTS} segments; delete one that nobody uses")
        return cls(id_, name, condition, version=1, created_at=now, updated_at=now)

    def change(self, name: str, condition: Condition, expected_version: int, now: datetime) -> "Segment":
        """The same again changes nothing. Raises InvalidCondition, StaleVersion."""
        if (name, condition) == (self.name, self.condition):
            return self
        if expected_version != self.version:
            raise StaleVersion(f"Version {self.version} is in force; read it and change that.")
        check(condition)
        return replace(self, name=name, condition=condition, version=self.version + 1, updated_at=now)


@dataclass(frozen=True, slots=True)
class SegmentMember:
    segment_id: UUID
    member_id: UUID
    entered_at: datetime


def changes_to_tell(
    segment_id: UUID, version: int, entered: Sequence[UUID], left: Sequence[UUID]
) -> Iterator[SegmentMembersChanged]:
    """As many events as it takes."""
    for start in range(0, len(entered) + len(left), MAX_CHANGES_TOLD):
        end = start + MAX_CHANGES_TOLD
        yield SegmentMembersChanged(
            segment_id,
            version,
            entered=entered[start:end],
            left=left[max(start - len(entered), 0) : max(end - len(entered), 0)],
        )
