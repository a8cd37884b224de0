"""Generating a plan: types by share, times by slot, items without repetition, within the group's limits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from content.domain.budget import BudgetKey, month_of
from content.domain.content_type import ContentType
from content.domain.errors import WrongPlanStatus
from content.domain.mix import MixDeviation, deviations, largest_remainder, spread_over_days
from content.domain.policy import ContentPolicy
from content.domain.post import Post


class PlanStatus(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"


class GapReason(StrEnum):
    NO_ITEM_LEFT = "NO_ITEM_LEFT"
    DAILY_CAP = "DAILY_CAP"
    MIN_SPACING = "MIN_SPACING"
    IN_THE_PAST = "IN_THE_PAST"
    CONTACT_BUDGET_EXHAUSTED = "CONTACT_BUDGET_EXHAUSTED"


@dataclass(frozen=True, slots=True)
class PlanGap:
    """A post that could not be planned, and why: shown, not hidden."""

    group_id: UUID
    day: date
    type: ContentType
    reason: GapReason


@dataclass(frozen=True, slots=True)
class Plan:
    id: UUID
    status: PlanStatus
    start_date: date
    days: int
    group_ids: tuple[UUID, ...]
    posts_per_day: int
    mix: tuple[MixDeviation, ...]
    gaps: tuple[PlanGap, ...]
    created_at: datetime

    def approve(self) -> Plan:
        """Raises WrongPlanStatus."""
        if self.status is not PlanStatus.DRAFT:
            raise WrongPlanStatus("This plan is approved already.")
        return replace(self, status=PlanStatus.APPROVED)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An approved item that a plan may use. Given in the order in which they should be used."""

    item_id: UUID
    version: int
    type: ContentType


@dataclass(slots=True)
class GroupCalendar:
    """What is already fixed for a group: times of its posts, last use of items, contacts left by month."""

    group_id: UUID
    due_times: list[datetime] = field(default_factory=list)
    item_days: dict[UUID, list[date]] = field(default_factory=dict)
    contacts_left: dict[BudgetKey, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlanRequest:
    plan_id: UUID
    start_date: date
    days: int
    posts_per_day: int
    zone: ZoneInfo


def generate_plan(
    request: PlanRequest,
    policy: ContentPolicy,
    candidates: Sequence[Candidate],
    calendars: Sequence[GroupCalendar],
    new_id: Callable[[], UUID],
    now: datetime,
) -> tuple[Plan, list[Post]]:
    """A draft plan and its posts. What cannot be satisfied becomes a gap of the plan."""
    counts = largest_remainder(policy.types, request.days * request.posts_per_day)
    pattern = spread_over_days(counts, request.days, request.posts_per_day)
    by_type = {kind: [c for c in candidates if c.type is kind] for kind in policy.types}
    posts: list[Post] = []
    gaps: list[PlanGap] = []
    for calendar in calendars:
        for offset, types in enumerate(pattern):
            day = request.start_date + timedelta(days=offset)
            for content_type, due_at in timetable(types, day, policy, request.zone):
                planned = _place(calendar, day, due_at, by_type[content_type], policy, request.zone, now)
                if isinstance(planned, GapReason):
                    gaps.append(PlanGap(calendar.group_id, day, content_type, planned))
                    continue
                posts.append(
                    Post(new_id(), request.plan_id, calendar.group_id, planned.item_id, planned.version,
                         content_type, due_at)
                )  # fmt: skip
    plan = Plan(
        id=request.plan_id,
        status=PlanStatus.DRAFT,
        start_date=request.start_date,
        days=request.days,
        group_ids=tuple(calendar.group_id for calendar in calendars),
        posts_per_day=request.posts_per_day,
        mix=tuple(deviations(policy.types, [post.type for post in posts])),
        gaps=tuple(gaps),
        created_at=now,
    )
    return plan, posts


def timetable(
    types: Sequence[ContentType], day: date, policy: ContentPolicy, zone: ZoneInfo
) -> list[tuple[ContentType, datetime]]:
    """Times of a day's posts: each type in its slot, several of one type evenly within it. Sorted by time."""
    times: list[tuple[ContentType, datetime]] = []
    for content_type in dict.fromkeys(types):
        rule, wanted = policy.types[content_type], types.count(content_type)
        step = (rule.slot_end_minute - rule.slot_start_minute) / wanted
        for position in range(wanted):
            minute = rule.slot_start_minute + int(step * position)
            times.append((content_type, at_local_minute(day, minute, zone)))
    return sorted(times, key=lambda entry: entry[1])


def at_local_minute(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60), zone)


def breaks_calendar(
    calendar: GroupCalendar, due_at: datetime, policy: ContentPolicy, zone: ZoneInfo
) -> GapReason | None:
    """The rule of the group's day that a further post at this time would break."""
    same_day = [
        at for at in calendar.due_times if at.astimezone(zone).date() == due_at.astimezone(zone).date()
    ]
    if len(same_day) >= policy.daily_cap:
        return GapReason.DAILY_CAP
    spacing = timedelta(minutes=policy.min_spacing_minutes)
    if any(abs(at - due_at) < spacing for at in calendar.due_times):
        return GapReason.MIN_SPACING
    return None


def repeats_item(calendar: GroupCalendar, item_id: UUID, day: date, policy: ContentPolicy) -> bool:
    """Whether the group has this item too near to that local day."""
    return any(abs((day - used).days) < policy.no_repeat_days for used in calendar.item_days.get(item_id, ()))


def _place(
    calendar: GroupCalendar,
    day: date,
    due_at: datetime,
    candidates: Sequence[Candidate],
    policy: ContentPolicy,
    zone: ZoneInfo,
    now: datetime,
) -> Candidate | GapReason:
    """Take the time, an item and a contact of the group, or say why not."""
    if due_at <= now:
        return GapReason.IN_THE_PAST
    if broken := breaks_calendar(calendar, due_at, policy, zone):
        return broken
    month = month_of(calendar.group_id, day)
    if calendar.contacts_left[month] <= 0:
        return GapReason.CONTACT_BUDGET_EXHAUSTED
    chosen = _least_used(calendar, day, candidates, policy)
    if chosen is None:
        return GapReason.NO_ITEM_LEFT
    calendar.contacts_left[month] -= 1
    calendar.due_times.append(due_at)
    calendar.item_days.setdefault(chosen.item_id, []).append(day)
    return chosen


def _least_used(
    calendar: GroupCalendar, day: date, candidates: Sequence[Candidate], policy: ContentPolicy
) -> Candidate | None:
    """Among the items not used near this day, the one used longest ago; never used ones first, in order."""
    free = [
        candidate for candidate in candidates if not repeats_item(calendar, candidate.item_id, day, policy)
    ]
    return min(free, key=lambda c: max(calendar.item_days.get(c.item_id, [date.min])), default=None)
