"""What the use cases of rules need: the smallest interfaces, in domain types."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from chassis.paging import Page, PageRequest
from risk.application.label_ports import Period
from risk.domain.points import PointEntry, PointReason
from risk.domain.response_times import (
    Responder,
    ResponseComparison,
    ResponseGrain,
    ResponsePoint,
)
from risk.domain.rule_set import GroupRules, RuleSet

TASK_REMINDER = "moderator-task-reminder"


class RuleSets(Protocol):
    async def current(self) -> RuleSet:
        """The newest, or the product's."""
        ...

    async def add(self, rule_set: RuleSet) -> None:
        """Raises StaleVersion if that version exists."""
        ...

    async def page(self, request: PageRequest) -> Page[RuleSet]:
        """Stored versions, newest first."""
        ...

    async def of_groups(self, group_ids: Collection[UUID]) -> Mapping[UUID, GroupRules]:
        """The newest of each; of a group without any: left out."""
        ...

    async def add_of_group(self, rules: GroupRules) -> None:
        """Raises StaleVersion if that version exists."""
        ...


class Points(Protocol):
    async def book(self, entries: Sequence[PointEntry]) -> Sequence[PointEntry]:
        """Those that are new: of an activity, rule and reason there is one."""
        ...

    async def of_activities(
        self, activity_ids: Collection[UUID], reason: PointReason
    ) -> Sequence[PointEntry]: ...

    async def earned(
        self, member_ids: Collection[UUID], first: date, last: date
    ) -> Mapping[tuple[UUID, str, date], int]:
        """How many acts were rewarded, by member, rule and local day."""
        ...

    async def balances(self, member_ids: Collection[UUID]) -> Mapping[UUID, int]:
        """Without an entry: left out."""
        ...

    async def page(self, request: PageRequest, member_ids: Collection[UUID]) -> Page[PointEntry]:
        """Newest first."""
        ...


class ResponseTimesOf(Protocol):
    async def series(
        self, period: Period, grain: ResponseGrain, by: Responder, group_id: UUID | None
    ) -> Sequence[ResponsePoint]:
        """By when violations were opened; steps in order, those without a violation left out."""
        ...

    async def compared(self, period: Period, at: datetime, by: Responder) -> Sequence[ResponseComparison]:
        """What was opened in the period before an instant, and from it on; most violations first."""
        ...
