"""What profiles need of the outside: identities and merges, the timeline, lists that call for attention."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from chassis.paging import Page, PageRequest
from segmentation.domain.activity import ActivityColumns
from segmentation.domain.merge import Merge
from segmentation.domain.profile import LossKind, LostCustomer, MultiGroupMember
from segmentation.domain.timeline import Happening, TimelineEntry, TimelineKind


class Identities(Protocol):
    """Who goes on for members that were merged away."""

    async def hold(self) -> None:
        """Keeps merges away until the transaction ends; comes before any member is held."""
        ...

    async def resolve(self, activities: ActivityColumns) -> ActivityColumns:
        """The activities under the members that go on, and staying so; as `hold`."""
        ...

    async def successors(self, member_ids: Sequence[UUID]) -> Mapping[UUID, UUID]:
        """From members merged away to those that go on; others are left out."""
        ...


class Merges(Protocol):
    async def claim(self) -> None:
        """Waits for those who record, and keeps them and other merges away until the transaction ends."""
        ...

    async def by_ids(self, ids: Sequence[UUID]) -> Sequence[Merge]: ...
    async def away(self, member_id: UUID) -> Merge | None:
        """The merge in force by which the member went into another."""
        ...

    async def after(self, merge: Merge) -> Merge | None:
        """The earliest merge in force that builds on this one."""
        ...

    async def join(self, merge: Merge) -> Sequence[tuple[UUID, UUID]]:
        """Makes one of the two members; holds both. The stays to be derived anew: members and groups."""
        ...

    async def split(self, merge: Merge) -> Sequence[tuple[UUID, UUID]]:
        """Gives the merged member back what is its own; as `join`."""
        ...

    async def page(self, request: PageRequest, member_id: UUID | None) -> Page[Merge]:
        """Newest first."""
        ...


class Timeline(Protocol):
    async def add(self, happenings: Sequence[Happening]) -> None:
        """Those not known yet, under the members that go on; merges have to be held, or the members."""
        ...

    async def of_members(
        self, member_ids: Sequence[UUID], request: PageRequest, kinds: Collection[TimelineKind]
    ) -> Mapping[UUID, Page[TimelineEntry]]:
        """Newest first, of each member; no kinds means all."""
        ...


class Profiles(Protocol):
    async def in_several_groups(self, request: PageRequest, min_groups: int) -> Page[MultiGroupMember]:
        """Those in most groups first."""
        ...

    async def lost(
        self, request: PageRequest, kind: LossKind | None, silent_days: int, now: datetime
    ) -> Page[LostCustomer]:
        """The most valuable first."""
        ...
