"""Series to plot: how right screening is, and how far its reviewers agree, by local month."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from risk.application.label_ports import Period
from risk.application.ports import UnitOfWork
from risk.domain.agreement import Agreement, agree
from risk.domain.errors import InvalidPeriod
from risk.domain.quality import Quality, measure

_MAX_DAYS = 1_096


async def measure_screening(uow: UnitOfWork, from_date: date, to_date: date) -> Sequence[Quality]:
    """Of messages screened on these local days, both included. Raises InvalidPeriod."""
    period = await _period(uow, from_date, to_date)
    return measure(await uow.labels.drawn(period), (await uow.case_policies.current()).minimum_sample)


async def measure_agreement(uow: UnitOfWork, from_date: date, to_date: date) -> Sequence[Agreement]:
    """Of second looks on these local days, both included. Raises InvalidPeriod."""
    period = await _period(uow, from_date, to_date)
    return agree(await uow.labels.pairs(period), (await uow.case_policies.current()).minimum_sample)


async def _period(uow: UnitOfWork, from_date: date, to_date: date) -> Period:
    if from_date > to_date:
        raise InvalidPeriod("The period ends before it begins", field="to_date")
    if to_date - from_date >= timedelta(days=_MAX_DAYS):
        raise InvalidPeriod(f"At most {_MAX_DAYS} days can be asked for")
    zone = ZoneInfo((await uow.tenants.profile()).time_zone)
    until = datetime.combine(to_date + timedelta(days=1), time(), zone)
    return Period(datetime.combine(from_date, time(), zone), until, zone.key)
