"""Somebody leaves the rota."""

from datetime import datetime
from zoneinfo import ZoneInfo

from risk.application.ports import UnitOfWork
from risk.application.rota_ports import ShiftListing
from risk.application.take_rota_turn import take_rota_turn
from risk.domain.local_time import local_day


async def remove_moderator(uow: UnitOfWork, staff_id: str, now: datetime) -> int:
    """Idempotent; a shift that runs goes on. How many shifts ahead were cancelled."""
    await take_rota_turn(uow, now)
    today = local_day(now, ZoneInfo((await uow.tenants.profile()).time_zone))
    weekly = await uow.shifts.weekly(today, ShiftListing(staff_id=staff_id))
    await uow.shifts.save_weekly([it.end(today) for it in weekly])
    await uow.moderators.remove(staff_id)
    return await uow.shifts.cancel_ahead(ShiftListing(staff_id=staff_id), now)
