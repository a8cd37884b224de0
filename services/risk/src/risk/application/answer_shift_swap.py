"""A colleague takes a shift that was offered, or does not."""

from datetime import datetime
from uuid import UUID

from risk.application.ports import UnitOfWork
from risk.domain.shift import Shift
from risk.domain.shift_swap import ShiftSwap


async def answer_shift_swap(
    uow: UnitOfWork, swap_id: UUID, by: str, accept: bool, now: datetime
) -> tuple[ShiftSwap, Shift]:
    """Idempotent. Raises SwapNotFound, NotYourSwap, SwapAnswered.

    Accepting also raises ModeratorNotFound, GroupNotServed, ShiftBegun, OnDutyAlready.
    """
    await uow.shifts.take_turn()
    swap = await uow.shift_swaps.get(swap_id)
    shift = await uow.shifts.get(swap.shift_id)
    answered = swap.answer(by, accept, now)
    if answered == swap:
        return swap, shift
    if accept:
        colleague = await uow.moderators.get(by)
        colleague.must_serve(shift.group_id)
        shift = shift.hand_over(by, now)
        await uow.shifts.save(shift)
    await uow.shift_swaps.save(answered)
    return answered, shift
