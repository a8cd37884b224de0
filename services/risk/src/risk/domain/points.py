"""Points (积分): a ledger of entries that are written once; what is undone is undone by another entry."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from enum import IntEnum
from uuid import UUID

from risk.domain.activity_kind import ActivityKind
from risk.domain.rule_set import Rulebook


class PointReason(IntEnum):
    """Why points changed, the numbers of the contract."""

    EARNED = 1
    DEDUCTED = 2
    REVERSED = 3


@dataclass(frozen=True, slots=True)
class Act:
    """Something a member did in a group."""

    activity_id: UUID
    member_id: UUID
    group_id: UUID
    kind: ActivityKind
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class PointEntry:
    """`points` taken are negative; `day` is the local one of the act."""

    activity_id: UUID
    rule: str
    reason: PointReason
    member_id: UUID
    group_id: UUID
    points: int
    day: date
    booked_at: datetime

    def reversal(self, now: datetime) -> "PointEntry":
        return replace(self, reason=PointReason.REVERSED, points=-self.points, booked_at=now)


Person = frozenset[UUID]
EarnedDay = tuple[Person, str, date]
"""A person, a rule and a local day."""


def earn(
    acts: Iterable[Act],
    rules_of: Callable[[UUID], Rulebook],
    person_of: Callable[[UUID], Person],
    earned: Counter[EarnedDay],
    zone: tzinfo,
    now: datetime,
) -> list[PointEntry]:
    """What acts that earned nothing yet earn, by time. `earned` counts those before, and these too."""
    entries = []
    for act in sorted(acts, key=lambda it: (it.occurred_at, it.activity_id)):
        rule = rules_of(act.group_id).rewarding(act.kind)
        if rule is None:
            continue
        day = act.occurred_at.astimezone(zone).date()
        key = person_of(act.member_id), rule.key, day
        if earned[key] >= rule.daily_limit:
            continue
        earned[key] += 1
        entries.append(
            PointEntry(
                act.activity_id,
                rule.key,
                PointReason.EARNED,
                act.member_id,
                act.group_id,
                rule.points,
                day,
                now,
            )
        )
    return entries
