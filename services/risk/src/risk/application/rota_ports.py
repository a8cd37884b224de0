"""What the use cases of the rota need: the smallest interfaces, in domain types."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from chassis.paging import Page, PageRequest
from risk.domain.rota_gap import Cover, RotaGap
from risk.domain.rota_policy import Hours
from risk.domain.shift import Moderator, Shift, WeeklyShift
from risk.domain.shift_swap import ShiftSwap, SwapStatus

ROTA_WATCH = "rota-watch"


@dataclass(frozen=True, slots=True)
class ShiftListing:
    """Which shifts of a list; what is None or empty does not restrict."""

    group_id: UUID | None = None
    staff_id: str = ""
    template_id: UUID | None = None


class Moderators(Protocol):
    async def put(self, moderator: Moderator) -> None: ...

    async def remove(self, staff_id: str) -> None: ...

    async def get(self, staff_id: str) -> Moderator:
        """Raises ModeratorNotFound."""
        ...

    async def all(self) -> Sequence[Moderator]: ...

    async def page(self, request: PageRequest) -> Page[Moderator]:
        """By staff id. Raises InvalidCursor."""
        ...


class GroupSizes(Protocol):
    async def move(self, changes: Mapping[UUID, int]) -> None:
        """So many members more (or less) of each group; a group is known from then on."""
        ...

    async def must_know(self, group_ids: Collection[UUID]) -> None:
        """Raises GroupNotFound."""
        ...


class Shifts(Protocol):
    async def take_turn(self) -> None:
        """Wait until nobody else changes shifts of this tenant, and keep the others waiting."""
        ...

    async def add_weekly(self, weekly: WeeklyShift) -> None: ...

    async def get_weekly(self, template_id: UUID) -> WeeklyShift:
        """Raises ShiftTemplateNotFound."""
        ...

    async def weekly(self, on: date, listing: ShiftListing) -> Sequence[WeeklyShift]:
        """Those that go on on that day or later."""
        ...

    async def save_weekly(self, ended: Collection[WeeklyShift]) -> None:
        """Their last days."""
        ...

    async def planned_until(self) -> Mapping[UUID, date]:
        """The last day for which each weekly shift is planned; none yet: left out."""
        ...

    async def add(self, shifts: Sequence[Shift]) -> Sequence[Shift]:
        """Those stored: not again what was planned before, nor what overlaps one of the moderator."""
        ...

    async def get(self, shift_id: UUID) -> Shift:
        """Raises ShiftNotFound."""
        ...

    async def save(self, shift: Shift) -> None:
        """Raises OnDutyAlready."""
        ...

    async def cancel_ahead(self, listing: ShiftListing, now: datetime) -> int:
        """Those that have not begun. How many were cancelled."""
        ...

    async def page(self, request: PageRequest, within: Hours, listing: ShiftListing) -> Page[Shift]:
        """Those that touch a time, in order, cancelled ones too. Raises InvalidCursor."""
        ...

    async def on_duty(self, at: datetime, listing: ShiftListing) -> Sequence[Shift]:
        """By group and moderator."""
        ...

    async def cover(self, hours: Sequence[Hours], group_id: UUID | None) -> Sequence[Cover]:
        """All of these hours, by group and time; without a group: of all that have members."""
        ...


class RotaGaps(Protocol):
    async def open(self) -> Sequence[RotaGap]: ...

    async def put(self, gaps: Sequence[RotaGap]) -> None: ...

    async def page(self, request: PageRequest, group_id: UUID | None, closed: bool) -> Page[RotaGap]:
        """The latest first; `closed` ones too. Raises InvalidCursor."""
        ...


class ShiftSwaps(Protocol):
    async def add(self, swap: ShiftSwap) -> None:
        """Raises ShiftOffered."""
        ...

    async def get(self, swap_id: UUID) -> ShiftSwap:
        """Raises SwapNotFound."""
        ...

    async def save(self, swap: ShiftSwap) -> None: ...

    async def page(
        self, request: PageRequest, status: SwapStatus | None, staff_id: str
    ) -> Page[tuple[ShiftSwap, Shift]]:
        """With the shift as it is now, the latest first. Raises InvalidCursor."""
        ...
