"""Quotas of flexible rules (弹性额度): which messages of a member in a group and day are too many."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class QuotaDay:
    """A member in a group on a local day, under a flexible rule."""

    member_id: UUID
    group_id: UUID
    rule: str
    day: date


@dataclass(frozen=True, slots=True)
class Used:
    """Messages decided before that count against a quota, and whether one of them was flooding."""

    messages: int = 0
    flooded: bool = False

    def __add__(self, other: "Used") -> "Used":
        return Used(self.messages + other.messages, self.flooded or other.flooded)


@dataclass(frozen=True, slots=True)
class Use:
    """A message under a rule. The first of a day above its quota opens the violation, others belong to it."""

    rule: str
    exceeds: bool
    opens: bool


def use_quotas(
    fresh: Iterable[tuple[UUID, QuotaDay, int]], used: Mapping[QuotaDay, Used]
) -> Mapping[UUID, Use]:
    """By activity. `fresh`: (activity id, its day, the quota) in order of time; what was decided stays."""
    counted = dict(used)
    uses = {}
    for activity_id, day, quota in fresh:
        before = counted.get(day, Used())
        exceeds = before.messages >= quota
        uses[activity_id] = Use(day.rule, exceeds, opens=exceeds and not before.flooded)
        counted[day] = Used(before.messages + 1, before.flooded or exceeds)
    return uses
