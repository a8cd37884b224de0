"""What was said in a scope beside what is usual there."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from risk.application.ports import UnitOfWork
from risk.domain.errors import InvalidPeriod
from risk.domain.opinion_counts import EVERYWHERE, bucket_of
from risk.domain.opinion_series import Point, points
from risk.domain.opinion_watch import NOTHING, Usual, hours_of

MOST_POINTS = 700


@dataclass(frozen=True, slots=True)
class Plot:
    """Which time, in steps of whole buckets."""

    scope_id: UUID
    since: datetime
    until: datetime
    step: timedelta


async def plot_opinion(uow: UnitOfWork, plot: Plot) -> Sequence[Point]:
    """In order. What is usual is as it is known now. Raises InvalidPeriod."""
    since = bucket_of(plot.since)
    if not plot.since < plot.until <= since + MOST_POINTS * plot.step:
        raise InvalidPeriod(f"Ask for 1 to {MOST_POINTS} steps", field="until")
    policy = await uow.opinion_policies.current()
    zone = ZoneInfo((await uow.tenants.profile()).time_zone)
    buckets = await uow.opinions.buckets(plot.scope_id, since, plot.until)
    past = await uow.opinions.past({plot.scope_id, EVERYWHERE}, hours_of(since, plot.until, zone))
    tenant = past.get(EVERYWHERE, NOTHING).all_hours
    usual = Usual(past.get(plot.scope_id, NOTHING), tenant, zone)
    return await asyncio.to_thread(points, buckets, usual, policy, since, plot.until, plot.step)
