"""Series to plot: how right screening is, and how far its reviewers agree, by local month."""

from collections.abc import Sequence
from datetime import date

from risk.application.local_period import local_period
from risk.application.ports import UnitOfWork
from risk.domain.agreement import Agreement, agree
from risk.domain.quality import Quality, measure


async def measure_screening(uow: UnitOfWork, from_date: date, to_date: date) -> Sequence[Quality]:
    """Of messages screened on these local days, both included. Raises InvalidPeriod."""
    period = await local_period(uow, from_date, to_date)
    return measure(await uow.labels.drawn(period), (await uow.case_policies.current()).minimum_sample)


async def measure_agreement(uow: UnitOfWork, from_date: date, to_date: date) -> Sequence[Agreement]:
    """Of second looks on these local days, both included. Raises InvalidPeriod."""
    period = await local_period(uow, from_date, to_date)
    return agree(await uow.labels.pairs(period), (await uow.case_policies.current()).minimum_sample)
