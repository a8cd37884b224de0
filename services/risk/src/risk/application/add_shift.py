"""A moderator is to be on duty once."""

from datetime import datetime
from uuid import UUID

from chassis.ids import new_id
from risk.application.ports import UnitOfWork
from risk.application.take_rota_turn import take_rota_turn
from risk.domain.rota_errors import OnDutyAlready
from risk.domain.rota_policy import Hours
from risk.domain.shift import Shift


async def add_shift(uow: UnitOfWork, group_id: UUID, staff_id: str, hours: Hours, now: datetime) -> Shift:
    """Raises ModeratorNotFound, GroupNotServed, InvalidShift, OnDutyAlready."""
    await take_rota_turn(uow, now)
    moderator = await uow.moderators.get(staff_id)
    moderator.must_serve(group_id)
    shift = Shift.single(new_id(), group_id, staff_id, hours, now)
    if not await uow.shifts.add([shift]):
        raise OnDutyAlready(f"{staff_id} is on duty elsewhere at that time")
    return shift
