"""Swaps of shifts in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Row, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Session
from chassis.paging import Page, PageRequest, fetch_page
from risk.adapters.rota_tables import shift_swaps, shifts
from risk.adapters.shifts import to_shift
from risk.domain.rota_errors import ShiftOffered, SwapNotFound
from risk.domain.shift import Shift
from risk.domain.shift_swap import ShiftSwap, SwapStatus

_SHIFT: Sequence[Any] = [column for column in shifts.c if column.name not in {"tenant_id", "id"}]


class SqlShiftSwaps:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def add(self, swap: ShiftSwap) -> None:
        row = asdict(swap) | {"tenant_id": self._tenant_id}
        adding = insert(shift_swaps).values(row).on_conflict_do_nothing()
        if (await self._connection.execute(adding)).rowcount != 1:
            raise ShiftOffered("The shift is offered already: wait for the answer")

    async def get(self, swap_id: UUID) -> ShiftSwap:
        query = select(shift_swaps).where(
            shift_swaps.c.tenant_id == self._tenant_id, shift_swaps.c.id == swap_id
        )
        row = (await self._connection.execute(query)).one_or_none()
        if row is None:
            raise SwapNotFound(f"There is no swap {swap_id}")
        return _to_swap(row)

    async def save(self, swap: ShiftSwap) -> None:
        saving = update(shift_swaps).where(
            shift_swaps.c.tenant_id == self._tenant_id, shift_swaps.c.id == swap.id
        )
        await self._connection.execute(saving.values(status=swap.status.value, answered_at=swap.answered_at))

    async def page(
        self, request: PageRequest, status: SwapStatus | None, staff_id: str
    ) -> Page[tuple[ShiftSwap, Shift]]:
        of_shift = (shifts.c.tenant_id == shift_swaps.c.tenant_id) & (shifts.c.id == shift_swaps.c.shift_id)
        matching = (
            select(shift_swaps, *_SHIFT)
            .join(shifts, of_shift)
            .where(shift_swaps.c.tenant_id == self._tenant_id)
        )
        if status is not None:
            matching = matching.where(shift_swaps.c.status == status.value)
        if staff_id:
            matching = matching.where(
                or_(shift_swaps.c.offered_by == staff_id, shift_swaps.c.offered_to == staff_id)
            )
        order = shift_swaps.c.offered_at, shift_swaps.c.id
        return await fetch_page(self._connection, matching, order, request, _with_shift, descending=True)


def _with_shift(row: Row[Any]) -> tuple[ShiftSwap, Shift]:
    swap = _to_swap(row)
    return swap, to_shift(row, swap.shift_id)


def _to_swap(row: Row[Any]) -> ShiftSwap:
    return ShiftSwap(
        id=row.id,
        shift_id=row.shift_id,
        offered_by=row.offered_by,
        offered_to=row.offered_to,
        offered_at=row.offered_at,
        status=SwapStatus(row.status),
        answered_at=row.answered_at,
    )
