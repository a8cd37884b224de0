"""Count the facts of a tenant anew when its days begin at another moment."""

from datetime import datetime
from zoneinfo import ZoneInfo

from segmentation.application.ports import UnitOfWork
from segmentation.application.time_judgement import judge_as_the_day_closes, judge_at_once


async def follow_time_zone(uow: UnitOfWork, zone: ZoneInfo, now: datetime) -> None:
    """Nothing happens if they are counted in this zone already."""
    if await uow.fact_zones.follow(zone):
        await judge_at_once(uow, now)
        await judge_as_the_day_closes(uow, now)
