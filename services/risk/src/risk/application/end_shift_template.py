"""A weekly shift ends."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from risk.application.ports import UnitOfWork
from risk.application.rota_ports import ShiftListing
from risk.application.take_rota_turn import take_rota_turn
from risk.domain.local_time import local_day
from risk.domain.shift import WeeklyShift


async def end_shift_template(uow: UnitOfWork, template_id: UUID, now: datetime) -> tuple[WeeklyShift, int]:
    """Idempotent; a shift that runs goes on. With how many ahead were cancelled.

    Raises ShiftTemplateNotFound.
    """
    await take_rota_turn(uow, now)
    today = local_day(now, ZoneInfo((await uow.tenants.profile()).time_zone))
    ended = (await uow.shifts.get_weekly(template_id)).end(today)
    await uow.shifts.save_weekly([ended])
    return ended, await uow.shifts.cancel_ahead(ShiftListing(template_id=template_id), now)
