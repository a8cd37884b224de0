"""A moderator offers a shift to a colleague."""

from datetime import datetime
from uuid import UUID

from chassis.ids import new_id
from risk.application.ports import UnitOfWork
from risk.domain.shift import Shift
from risk.domain.shift_swap import ShiftSwap


async def offer_shift(
    uow: UnitOfWork, shift_id: UUID, by: str, to: str, any_of: bool, now: datetime
) -> tuple[ShiftSwap, Shift]:
    """`any_of`: `by` may offer any shift. One offer at a time.

    Raises ShiftNotFound, NotYourShift, ShiftBegun, ModeratorNotFound, GroupNotServed, ShiftOffered.
    """
    shift = (await uow.shifts.get(shift_id)).offer(by, any_of, now)
    colleague = await uow.moderators.get(to)
    colleague.must_serve(shift.group_id)
    swap = ShiftSwap(new_id(), shift_id, shift.staff_id, to, now)
    await uow.shift_swaps.add(swap)
    return swap, shift
