"""The contact budget: mass messages a group can still receive in a month (WeCom document 92135)."""

import calendar
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID


class BudgetKey(NamedTuple):
    group_id: UUID
    month: str
    """Local month, YYYY-MM."""


@dataclass(frozen=True, slots=True)
class ContactBudget:
    key: BudgetKey
    limit: int
    reserved: int = 0
    sent: int = 0

    @property
    def remaining(self) -> int:
        return self.limit - self.reserved - self.sent


def month_of(group_id: UUID, day: date) -> BudgetKey:
    return BudgetKey(group_id, f"{day:%Y-%m}")


def monthly_limit(month: str) -> int:
    """Days of a local month YYYY-MM."""
    year, number = month.split("-")
    return calendar.monthrange(int(year), int(number))[1]
