"""Retention by join week (留存): who of those that joined is there at the end of local day N."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

DEFAULT_DAYS = (1, 3, 7, 14, 30, 60, 90)


class CohortCount(NamedTuple):
    """Of one week and day N. A joining is a member, a group and a local day, however often that day.

    `eligible`: joinings whose day N is over; `retained`: those of them still, or again, in the group then.
    """

    week: date
    day: int
    joined: int
    eligible: int
    retained: int


@dataclass(frozen=True, slots=True)
class CohortCell:
    day: int
    eligible: int = 0
    retained: int = 0

    @property
    def rate(self) -> float | None:
        """None while nobody is old enough."""
        return self.retained / self.eligible if self.eligible else None


@dataclass(frozen=True, slots=True)
class Cohort:
    """Those who joined in the week from `week`, a Monday."""

    week: date
    joined: int
    cells: tuple[CohortCell, ...]


def table(weeks: Sequence[date], days: Sequence[int], counts: Iterable[CohortCount]) -> list[Cohort]:
    """A row for every week, a cell for every day, both in order, also where nobody joined."""
    found = {(count.week, count.day): count for count in counts}
    cohorts = []
    for week in weeks:
        of_week = [found.get((week, day), CohortCount(week, day, 0, 0, 0)) for day in sorted(days)]
        cells = tuple(CohortCell(it.day, it.eligible, it.retained) for it in of_week)
        cohorts.append(Cohort(week, of_week[0].joined, cells))
    return cohorts
