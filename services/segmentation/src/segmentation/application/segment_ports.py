"""What segments need of the outside."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from chassis.paging import Page, PageRequest
from segmentation.domain.conditions import Condition
from segmentation.domain.policy import TierPolicy
from segmentation.domain.segments import Generation, Segment, SegmentMember


@dataclass(frozen=True, slots=True)
class Preview:
    """`members` of `of_members`, give or take `margin`, meet a condition; `sample`: some of them."""

    members: int
    margin: int
    of_members: int
    sample: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Moved:
    """Who entered and left a generation."""

    generation: Generation
    entered: Sequence[UUID]
    left: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Kept:
    """`due_at`: moments, new ones only, at which some member has to be looked at again."""

    moved: Sequence[Moved]
    due_at: Sequence[datetime]


@dataclass(frozen=True, slots=True)
class Part:
    """Of the members of a segment; `version` and `size` are those of the whole."""

    version: int
    size: int
    member_ids: Sequence[UUID]


class Segments(Protocol):
    async def in_force(self) -> Sequence[Generation]:
        """Live ones and those being worked out, staying so until the transaction ends.

        Comes before any member is held: whoever replaces them waits for those who go by them.
        """
        ...

    async def claim(self) -> None:
        """Waits for those who go by what is in force, and keeps others from it until the transaction ends."""
        ...

    async def by_ids(self, ids: Sequence[UUID]) -> Sequence[Segment]: ...
    async def page(self, request: PageRequest) -> Page[Segment]:
        """By name, then id."""
        ...

    async def count(self) -> int: ...
    async def save(self, segment: Segment) -> bool:
        """False if another segment has the name."""
        ...

    async def delete(self, segment_id: UUID) -> bool:
        """Drops its generations. False if there is none."""
        ...

    async def begin(self, segment_id: UUID, version: int, condition: Condition) -> None:
        """A new generation to fill, in place of the one that was being filled."""
        ...

    async def unfinished(self) -> Generation | None:
        """The one to go on with, not held."""
        ...

    async def advance(
        self, generations: Sequence[Generation], filled_to: UUID, seen: int, *, filled: bool
    ) -> None: ...
    async def show(self, generation: Generation) -> None:
        """Makes it the live one, and drops the one before."""
        ...


class SegmentMembers(Protocol):
    async def of_segments(
        self, segment_ids: Sequence[UUID], request: PageRequest
    ) -> Mapping[UUID, Page[SegmentMember]]:
        """By member id, of each segment."""
        ...

    async def of_members(self, member_ids: Sequence[UUID]) -> Sequence[SegmentMember]:
        """By member id, then segment id."""
        ...

    def stream(self, segment_id: UUID, size: int) -> AsyncIterator[Part]:
        """Parts of at most `size` members, of one moment; one at least, unless there is no such segment."""
        ...

    async def preview(
        self, condition: Condition, policy: TierPolicy, sample: int, now: datetime
    ) -> Preview: ...
    async def difference(
        self, of: Generation, without: Generation | None, after: UUID, limit: int
    ) -> Sequence[UUID]:
        """Members of one generation that are not in the other, by id."""
        ...

    async def clear(self, generation: Generation, limit: int) -> None:
        """At most so many members of a dropped generation; with the last of them it goes itself."""
        ...


class SegmentUpkeep(Protocol):
    async def hold_next(self, after: UUID, limit: int) -> Sequence[UUID]:
        """Members by id, held."""
        ...

    async def hold_due(self, now: datetime, limit: int) -> Sequence[UUID]:
        """Members to look at by now, and which no other transaction holds; held."""
        ...

    async def next_due(self, until: datetime) -> Sequence[datetime]:
        """When members are to be looked at, in whole seconds; past ones if somebody is to be yet."""
        ...

    async def keep(
        self,
        generations: Sequence[Generation],
        member_ids: Sequence[UUID],
        policy: TierPolicy,
        now: datetime,
        *,
        all_in_force: bool,
    ) -> Kept:
        """Decides who of the members, held by this transaction, belongs to which generation."""
        ...

    async def forget(self, member_ids: Sequence[UUID]) -> None:
        """There is nothing to look at any more."""
        ...

    async def look_again(self, member_ids: Sequence[UUID], now: datetime) -> bool:
        """Marks the members as due; shares them until the transaction ends. False if nothing is in force."""
        ...
