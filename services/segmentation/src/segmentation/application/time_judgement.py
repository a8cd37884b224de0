"""When groups are judged: as a local day closes, soon after late data, at once by new thresholds."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from segmentation.application.ports import UnitOfWork
from segmentation.domain.indicator_policy import LONGEST_ALERT_WINDOW_DAYS
from segmentation.domain.windows import DAY, local_day

JUDGEMENT_DUE = "judgement-due"
_A_MINUTE = timedelta(minutes=1)


async def judge_as_the_day_closes(uow: UnitOfWork, now: datetime) -> None:
    """Each day has a timer of its own: setting up the next one cannot put off the one that is due."""
    zone = await uow.fact_zones.current()
    today = local_day(now, zone)
    if not await uow.timers.pending(JUDGEMENT_DUE, f"close {today}"):
        due_at = datetime.combine(today + DAY, time(), zone) + _A_MINUTE
        await uow.timers.schedule(JUDGEMENT_DUE, f"close {today}", due_at)


async def judge_after_late(
    uow: UnitOfWork, occurred_at: Iterable[datetime], zone: ZoneInfo, now: datetime
) -> None:
    """If any of these belongs to a day that alerts may have looked at; all of a minute together."""
    midnight = datetime.combine(local_day(now, zone), time(), zone).astimezone(UTC)
    oldest = midnight - LONGEST_ALERT_WINDOW_DAYS * DAY
    if any(oldest <= at < midnight for at in occurred_at):
        due_at = now.replace(second=0, microsecond=0) + _A_MINUTE
        await uow.timers.schedule(JUDGEMENT_DUE, f"late {due_at.isoformat()}", due_at)


async def judge_at_once(uow: UnitOfWork, now: datetime) -> None:
    await uow.timers.schedule(JUDGEMENT_DUE, f"now {now.isoformat()}", now)
