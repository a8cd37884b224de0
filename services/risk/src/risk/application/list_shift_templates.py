"""Weekly shifts that go on."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from risk.application.ports import UnitOfWork
from risk.application.rota_ports import ShiftListing
from risk.domain.local_time import local_day
from risk.domain.shift import WeeklyShift


async def list_shift_templates(
    uow: UnitOfWork, listing: ShiftListing, now: datetime
) -> Sequence[WeeklyShift]:
    """In order of the week."""
    zone = ZoneInfo((await uow.tenants.profile()).time_zone)
    return await uow.shifts.weekly(local_day(now, zone), listing)
