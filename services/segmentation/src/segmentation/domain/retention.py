"""How far back activities and the tier history are kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from segmentation.domain.errors import TooOld


def month_of(instant: datetime, offset: int = 0) -> date:
    """First day of the month of an instant in UTC, `offset` months on (or, if negative, back)."""
    months = 12 * instant.year + instant.month - 1 + offset
    return date(months // 12, months % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class Retention:
    """Whole months, the one that has begun not counted; None keeps all."""

    months: int | None = None

    def horizon(self, now: datetime) -> datetime | None:
        """The earliest instant that is kept."""
        if self.months is None:
            return None
        oldest = month_of(now, -self.months)
        return datetime(oldest.year, oldest.month, 1, tzinfo=now.tzinfo)

    def check(self, occurred_at: Iterable[datetime], now: datetime) -> None:
        """Raises TooOld."""
        oldest = self.horizon(now)
        if oldest and (earliest := min(occurred_at, default=oldest)) < oldest:
            raise TooOld(f"{earliest.isoformat()} is before {oldest.date()}: nothing older is kept")
