"""Rules, points and response times in memory: the same answers as PostgreSQL gives."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import quantiles
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.paging import Page, PageRequest, page_of
from risk.adapters.default_rules import default_rule_set
from risk.application.label_ports import Period
from risk.domain.errors import StaleVersion
from risk.domain.moderator_task import ModeratorTask
from risk.domain.points import PointEntry, PointReason
from risk.domain.response_times import (
    Responder,
    ResponseComparison,
    ResponseGrain,
    ResponsePoint,
    ResponseTimes,
)
from risk.domain.rule_set import GroupRules, RuleSet
from risk.domain.violation import Violation


@dataclass
class RuleRows:
    """What one tenant has stored of rules."""

    rule_sets: list[RuleSet] = field(default_factory=list)
    of_groups: dict[UUID, list[GroupRules]] = field(default_factory=dict)
    points: dict[tuple[UUID, str, PointReason], PointEntry] = field(default_factory=dict)


class FakeRuleSets:
    def __init__(self, rows: RuleRows) -> None:
        self._rows = rows

    async def current(self) -> RuleSet:
        return self._rows.rule_sets[-1] if self._rows.rule_sets else default_rule_set()

    async def add(self, rule_set: RuleSet) -> None:
        if rule_set.version in {stored.version for stored in self._rows.rule_sets}:
            raise StaleVersion("changed")
        self._rows.rule_sets.append(rule_set)

    async def page(self, request: PageRequest) -> Page[RuleSet]:
        newest = self._rows.rule_sets[::-1]
        rest = [it for it in newest if request.after is None or (it.version,) < request.after]
        return page_of(rest[: request.first + 1], request, lambda it: (it.version,))

    async def of_groups(self, group_ids: Collection[UUID]) -> Mapping[UUID, GroupRules]:
        return {it: versions[-1] for it, versions in self._rows.of_groups.items() if it in group_ids}

    async def add_of_group(self, rules: GroupRules) -> None:
        versions = self._rows.of_groups.setdefault(rules.group_id, [])
        if rules.version in {stored.version for stored in versions}:
            raise StaleVersion("changed")
        versions.append(rules)


class FakePoints:
    def __init__(self, rows: RuleRows) -> None:
        self._rows = rows

    async def book(self, entries: Sequence[PointEntry]) -> Sequence[PointEntry]:
        keyed = {(it.activity_id, it.rule, it.reason): it for it in entries}
        fresh = {key: entry for key, entry in keyed.items() if key not in self._rows.points}
        self._rows.points |= fresh
        return list(fresh.values())

    async def of_activities(
        self, activity_ids: Collection[UUID], reason: PointReason
    ) -> Sequence[PointEntry]:
        entries = self._rows.points.values()
        return [it for it in entries if it.activity_id in activity_ids and it.reason is reason]

    async def earned(
        self, member_ids: Collection[UUID], first: date, last: date
    ) -> Mapping[tuple[UUID, str, date], int]:
        return Counter(
            (it.member_id, it.rule, it.day)
            for it in self._rows.points.values()
            if it.member_id in member_ids and first <= it.day <= last and it.reason is PointReason.EARNED
        )

    async def balances(self, member_ids: Collection[UUID]) -> Mapping[UUID, int]:
        sums: defaultdict[UUID, int] = defaultdict(int)
        for entry in self._rows.points.values():
            if entry.member_id in member_ids:
                sums[entry.member_id] += entry.points
        return sums

    async def page(self, request: PageRequest, member_ids: Collection[UUID]) -> Page[PointEntry]:
        chosen = [it for it in self._rows.points.values() if it.member_id in member_ids]
        newest = sorted(chosen, key=_place, reverse=True)
        rest = [it for it in newest if request.after is None or _place(it) < request.after]
        return page_of(rest[: request.first + 1], request, _place)


def _place(entry: PointEntry) -> tuple[datetime, UUID, str, int]:
    return entry.booked_at, entry.activity_id, entry.rule, entry.reason.value


class FakeResponseTimes:
    def __init__(self, violations: Mapping[UUID, Violation], tasks: Mapping[UUID, ModeratorTask]) -> None:
        self._violations, self._tasks = violations, tasks

    async def series(
        self, period: Period, grain: ResponseGrain, by: Responder, group_id: UUID | None
    ) -> Sequence[ResponsePoint]:
        steps: defaultdict[tuple[date, str], list[Violation]] = defaultdict(list)
        for responder, it in self._responded(period, by):
            if group_id in (None, it.group_id):
                day = it.opened_at.astimezone(ZoneInfo(period.zone)).date()
                steps[_start(day, grain), responder].append(it)
        return [ResponsePoint(*step, _times(steps[step])) for step in sorted(steps)]

    async def compared(self, period: Period, at: datetime, by: Responder) -> Sequence[ResponseComparison]:
        sides: defaultdict[str, tuple[list[Violation], list[Violation]]] = defaultdict(lambda: ([], []))
        for responder, it in self._responded(period, by):
            sides[responder][it.opened_at >= at].append(it)
        ordered = sorted(sides.items(), key=lambda it: (-len(it[1][0]) - len(it[1][1]), it[0]))
        return [ResponseComparison(it, _times(before), _times(after)) for it, (before, after) in ordered]

    def _responded(self, period: Period, by: Responder) -> list[tuple[str, Violation]]:
        confirmed_by = {task.violation_id: task.confirmed_by for task in self._tasks.values()}
        opened = [it for it in self._violations.values() if period.from_at <= it.opened_at < period.until_at]
        responders = {
            Responder.TENANT: lambda _: "",
            Responder.GROUP: lambda it: str(it.group_id),
            Responder.MODERATOR: lambda it: confirmed_by[it.id],
        }
        pairs = [(responders[by](it), it) for it in opened]
        return [(responder, it) for responder, it in pairs if responder or by is not Responder.MODERATOR]


def _start(day: date, grain: ResponseGrain) -> date:
    if grain is ResponseGrain.MONTH:
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if grain is ResponseGrain.WEEK else day


def _times(opened: Sequence[Violation]) -> ResponseTimes:
    seconds = [(it.handled_at - it.opened_at).total_seconds() for it in opened if it.handled_at]
    if not seconds:
        return ResponseTimes(len(opened))
    tenths = quantiles(seconds * 2 if len(seconds) == 1 else seconds, n=10, method="inclusive")
    return ResponseTimes(len(opened), len(seconds), tenths[4], tenths[8])
