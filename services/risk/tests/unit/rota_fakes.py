"""Rota in memory: the same answers as PostgreSQL gives."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import pairwise
from uuid import UUID

from chassis.paging import Page, PageRequest
from risk.application.rota_ports import ShiftListing
from risk.domain.rota_errors import (
    GroupNotFound,
    ModeratorNotFound,
    OnDutyAlready,
    ShiftNotFound,
    ShiftOffered,
    ShiftTemplateNotFound,
    SwapNotFound,
)
from risk.domain.rota_gap import Cover, RotaGap
from risk.domain.rota_policy import Hours, RotaPolicy
from risk.domain.shift import Moderator, Shift, WeeklyShift
from risk.domain.shift_swap import ShiftSwap, SwapStatus

from .pages import page_by


@dataclass
class RotaRows:
    """What one tenant has stored of the rota."""

    moderators: dict[str, Moderator] = field(default_factory=dict)
    sizes: dict[UUID, int] = field(default_factory=dict)
    weekly: dict[UUID, WeeklyShift] = field(default_factory=dict)
    shifts: dict[UUID, Shift] = field(default_factory=dict)
    swaps: dict[UUID, ShiftSwap] = field(default_factory=dict)
    gaps: dict[UUID, RotaGap] = field(default_factory=dict)
    policies: list[RotaPolicy] = field(default_factory=lambda: [RotaPolicy()])


class FakeModerators:
    def __init__(self, rows: RotaRows) -> None:
        self._moderators = rows.moderators

    async def put(self, moderator: Moderator) -> None:
        self._moderators[moderator.staff_id] = moderator

    async def remove(self, staff_id: str) -> None:
        self._moderators.pop(staff_id, None)

    async def get(self, staff_id: str) -> Moderator:
        if staff_id not in self._moderators:
            raise ModeratorNotFound(f"{staff_id} is not on the rota")
        return self._moderators[staff_id]

    async def all(self) -> Sequence[Moderator]:
        return [self._moderators[staff_id] for staff_id in sorted(self._moderators)]

    async def page(self, request: PageRequest) -> Page[Moderator]:
        return page_by(await self.all(), request, lambda it: (it.staff_id,))


class FakeGroupSizes:
    def __init__(self, rows: RotaRows) -> None:
        self._sizes = rows.sizes

    async def move(self, changes: Mapping[UUID, int]) -> None:
        for group_id, change in changes.items():
            self._sizes[group_id] = self._sizes.get(group_id, 0) + change

    async def must_know(self, group_ids: Collection[UUID]) -> None:
        if missing := set(group_ids) - self._sizes.keys():
            raise GroupNotFound(f"There is no group {min(missing)}")


class FakeShifts:
    def __init__(self, rows: RotaRows) -> None:
        self._rows = rows

    async def take_turn(self) -> None: ...

    async def add_weekly(self, weekly: WeeklyShift) -> None:
        self._rows.weekly[weekly.id] = weekly

    async def get_weekly(self, template_id: UUID) -> WeeklyShift:
        if template_id not in self._rows.weekly:
            raise ShiftTemplateNotFound(f"There is no weekly shift {template_id}")
        return self._rows.weekly[template_id]

    async def weekly(self, on: date, listing: ShiftListing) -> Sequence[WeeklyShift]:
        chosen = [
            it
            for it in self._rows.weekly.values()
            if (it.until_day or date.max) >= on and _is_of(it, it.id, listing)
        ]
        return sorted(chosen, key=lambda it: (it.weekday, it.start_minute, it.id))

    async def save_weekly(self, ended: Collection[WeeklyShift]) -> None:
        self._rows.weekly |= {it.id: it for it in ended}

    async def planned_until(self) -> Mapping[UUID, date]:
        until: dict[UUID, date] = {}
        for it in self._rows.shifts.values():
            if it.template_id is not None and it.day is not None:
                until[it.template_id] = max(it.day, until.get(it.template_id, date.min))
        return until

    async def add(self, shifts: Sequence[Shift]) -> Sequence[Shift]:
        added = []
        for shift in shifts:
            if not self._is_planned(shift) and not self._is_on_duty(shift):
                self._rows.shifts[shift.id] = shift
                added.append(shift)
        return added

    async def get(self, shift_id: UUID) -> Shift:
        if shift_id not in self._rows.shifts:
            raise ShiftNotFound(f"There is no shift {shift_id}")
        return self._rows.shifts[shift_id]

    async def save(self, shift: Shift) -> None:
        if not shift.cancelled and self._is_on_duty(shift):
            raise OnDutyAlready(f"{shift.staff_id} is on duty elsewhere at that time")
        self._rows.shifts[shift.id] = shift

    async def cancel_ahead(self, listing: ShiftListing, now: datetime) -> int:
        ahead = [it for it in self._of(listing) if it.starts_at > now]
        self._rows.shifts |= {it.id: replace(it, cancelled=True) for it in ahead}
        return len(ahead)

    async def page(self, request: PageRequest, within: Hours, listing: ShiftListing) -> Page[Shift]:
        chosen = [
            it
            for it in self._rows.shifts.values()
            if _is_of(it, it.template_id, listing)
            and it.starts_at < within.until_at
            and it.ends_at > within.from_at
        ]
        return page_by(chosen, request, lambda it: (it.starts_at, it.id))

    async def on_duty(self, at: datetime, listing: ShiftListing) -> Sequence[Shift]:
        running = [it for it in self._of(listing) if it.starts_at <= at < it.ends_at]
        return sorted(running, key=lambda it: (it.group_id, it.staff_id))

    async def cover(self, hours: Sequence[Hours], group_id: UUID | None) -> Sequence[Cover]:
        sizes = self._rows.sizes
        groups = (
            [it for it, size in sizes.items() if size > 0]
            if group_id is None
            else [it for it in sizes if it == group_id]
        )
        return [it for group in sorted(groups) for part in hours for it in self._covers(group, part)]

    def _covers(self, group_id: UUID, part: Hours) -> list[Cover]:
        """One for each time in which the same are on duty, or others begin or end."""
        running = [
            it
            for it in self._of(ShiftListing(group_id))
            if it.starts_at < part.until_at and it.ends_at > part.from_at
        ]
        moments = {part.from_at, part.until_at}
        for it in running:
            moments |= {max(it.starts_at, part.from_at), min(it.ends_at, part.until_at)}
        size = max(self._rows.sizes[group_id], 0)
        return [
            Cover(
                group_id, begin, end, size, tuple(sorted(it.staff_id for it in running if _runs(it, begin)))
            )
            for begin, end in pairwise(sorted(moments))
        ]

    def _of(self, listing: ShiftListing) -> list[Shift]:
        return [
            it
            for it in self._rows.shifts.values()
            if not it.cancelled and _is_of(it, it.template_id, listing)
        ]

    def _is_planned(self, shift: Shift) -> bool:
        return shift.template_id is not None and any(
            (it.template_id, it.day) == (shift.template_id, shift.day) for it in self._rows.shifts.values()
        )

    def _is_on_duty(self, shift: Shift) -> bool:
        return any(
            it.id != shift.id and it.starts_at < shift.ends_at and it.ends_at > shift.starts_at
            for it in self._of(ShiftListing(staff_id=shift.staff_id))
        )


class FakeShiftSwaps:
    def __init__(self, rows: RotaRows) -> None:
        self._rows = rows

    async def add(self, swap: ShiftSwap) -> None:
        offered = {it.shift_id for it in self._rows.swaps.values() if it.status is SwapStatus.OFFERED}
        if swap.shift_id in offered:
            raise ShiftOffered("The shift is offered already")
        self._rows.swaps[swap.id] = swap

    async def get(self, swap_id: UUID) -> ShiftSwap:
        if swap_id not in self._rows.swaps:
            raise SwapNotFound(f"There is no swap {swap_id}")
        return self._rows.swaps[swap_id]

    async def save(self, swap: ShiftSwap) -> None:
        self._rows.swaps[swap.id] = swap

    async def page(
        self, request: PageRequest, status: SwapStatus | None, staff_id: str
    ) -> Page[tuple[ShiftSwap, Shift]]:
        chosen = [
            (it, self._rows.shifts[it.shift_id])
            for it in self._rows.swaps.values()
            if status in (None, it.status) and staff_id in ("", it.offered_by, it.offered_to)
        ]
        return page_by(chosen, request, lambda it: (it[0].offered_at, it[0].id), newest_first=True)


class FakeRotaGaps:
    def __init__(self, rows: RotaRows) -> None:
        self._gaps = rows.gaps

    async def open(self) -> Sequence[RotaGap]:
        return sorted((it for it in self._gaps.values() if it.closed_at is None), key=lambda it: it.starts_at)

    async def put(self, gaps: Sequence[RotaGap]) -> None:
        self._gaps |= {gap.id: gap for gap in gaps}

    async def page(self, request: PageRequest, group_id: UUID | None, closed: bool) -> Page[RotaGap]:
        chosen = [
            it
            for it in self._gaps.values()
            if group_id in (None, it.group_id) and (closed or it.closed_at is None)
        ]
        return page_by(chosen, request, lambda it: (it.starts_at, it.id), newest_first=True)


def _is_of(it: Shift | WeeklyShift, template_id: UUID | None, listing: ShiftListing) -> bool:
    return (
        listing.group_id in (None, it.group_id)
        and listing.staff_id in ("", it.staff_id)
        and listing.template_id in (None, template_id)
    )


def _runs(shift: Shift, at: datetime) -> bool:
    return shift.starts_at <= at < shift.ends_at
