"""A moderator is to be on duty every week."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from risk.application.plan_shifts import plan_shifts
from risk.application.ports import UnitOfWork
from risk.application.rota_ports import ShiftListing
from risk.application.take_rota_turn import take_rota_turn
from risk.domain.rota_errors import OnDutyAlready
from risk.domain.shift import Shift, WeeklyShift, first_met


async def create_shift_template(uow: UnitOfWork, weekly: WeeklyShift, now: datetime) -> Sequence[Shift]:
    """Its shifts of the days ahead. Raises InvalidShift, ModeratorNotFound, GroupNotServed, OnDutyAlready.

    A single shift of the moderator stays; the weekly one is left out at that time.
    """
    await take_rota_turn(uow, now)
    moderator = await uow.moderators.get(weekly.staff_id)
    moderator.must_serve(weekly.group_id)
    weekly.must_go_on()
    others = await uow.shifts.weekly(weekly.from_day, ShiftListing(staff_id=weekly.staff_id))
    if other := first_met(weekly, others):
        raise OnDutyAlready(f"{weekly.staff_id} is on duty then by the weekly shift {other.id}")
    await uow.shifts.add_weekly(weekly)
    zone = ZoneInfo((await uow.tenants.profile()).time_zone)
    return await plan_shifts(uow, [weekly], await uow.rota_policies.current(), zone, now)
