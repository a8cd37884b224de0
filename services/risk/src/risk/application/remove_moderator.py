"""Somebody leaves the rota."""

from datetime import datetime
from zoneinfo import ZoneInfo

from risk.application.ports import UnitOfWork
from risk.application.rota_ports import ROTA_WATCH, ShiftListing
from risk.domain.local_time import local_day


async def remove_moderator(uow: UnitOfWork, staff_id: str, now: datetime) -> int:
    """Idempotent; a shift that runs goes on. How many shifts ahead were cancelled."""
    await uow.shifts.take_turn()
    today = local_day(now, ZoneInfo((await uow.tenants.profile()).time_zone))
    weekly = await uow.shifts.weekly(today, ShiftListing(staff_id=staff_id))
    await uow.shifts.save_weekly([it.end(today) for it in weekly])
    await uow.moderators.remove(staff_id)
    await uow.timers.schedule(ROTA_WATCH, "", now)
    return await uow.shifts.cancel_ahead(ShiftListing(staff_id=staff_id), now)
