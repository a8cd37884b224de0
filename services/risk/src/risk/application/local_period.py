"""Local days as a period to measure."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from risk.application.label_ports import Period
from risk.application.ports import UnitOfWork
from risk.domain.errors import InvalidPeriod

_MAX_DAYS = 1_096


async def local_period(uow: UnitOfWork, from_date: date, to_date: date) -> Period:
    """Both days included, in the tenant's zone. Raises InvalidPeriod."""
    if from_date > to_date:
        raise InvalidPeriod("The period ends before it begins", field="to_date")
    if to_date - from_date >= timedelta(days=_MAX_DAYS):
        raise InvalidPeriod(f"At most {_MAX_DAYS} days can be asked for")
    zone = ZoneInfo((await uow.tenants.profile()).time_zone)
    until = datetime.combine(to_date + timedelta(days=1), time(), zone)
    return Period(datetime.combine(from_date, time(), zone), until, zone.key)
