"""Plan what is ahead, and say where moderators will be missing."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from chassis.ids import new_id
from risk.application.plan_shifts import plan_shifts
from risk.application.ports import UnitOfWork
from risk.application.rota_ports import ROTA_WATCH, ShiftListing
from risk.domain.local_time import local_day
from risk.domain.rota_events import RotaGapClosed, RotaGapForeseen
from risk.domain.rota_gap import RotaGap, lacks, watch
from risk.domain.rota_policy import Hours

_EVERY: Final = timedelta(hours=1)


async def watch_rota(uow: UnitOfWork, now: datetime) -> None:
    """Every hour, and after each change. A gap is told once, and closes by itself."""
    await uow.shifts.take_turn()
    policy = await uow.rota_policies.current()
    zone = ZoneInfo((await uow.tenants.profile()).time_zone)
    await plan_shifts(uow, await uow.shifts.weekly(local_day(now, zone), ShiftListing()), policy, zone, now)
    hours = policy.covered_hours(Hours(now, now + policy.gaps_ahead), zone)
    found = lacks(await uow.shifts.cover(hours, None), policy)
    watched = watch(await uow.rota_gaps.open(), found, now)
    new = [
        RotaGap(new_id(), it.group_id, it.starts_at, it.ends_at, it.missing, foreseen_at=now)
        for it in watched.new
    ]
    await uow.rota_gaps.put([*new, *watched.changed, *watched.closed])
    await uow.publish(*map(RotaGapForeseen, new), *map(RotaGapClosed, watched.closed), at=now)
    await uow.timers.schedule(ROTA_WATCH, "", now + _EVERY)
