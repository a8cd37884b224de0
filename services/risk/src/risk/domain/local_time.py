"""Minutes of local days as instants."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTES_PER_DAY = 24 * 60
_MINUTE = timedelta(minutes=1)


def instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """UTC of a minute of the local day; from 1440 on, of the next.

    Later minutes are never earlier instants: one that clocks skip is the moment they skip it, of one that
    they repeat the first counts.
    """
    local = datetime.combine(day, time()) + timedelta(minutes=minute)
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first <= second:
        return first
    # Skipped: by the clock from after the change it lies before, by that from before it lies after.
    before = second.astimezone(zone).utcoffset()
    moments = (second + number * _MINUTE for number in range(1, (first - second) // _MINUTE + 1))
    return next(moment for moment in moments if moment.astimezone(zone).utcoffset() != before)


def local_day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()
