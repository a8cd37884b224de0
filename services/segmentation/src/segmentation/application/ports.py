"""What the use cases need of the outside, in domain terms."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.inbox import Inbox
from chassis.paging import Page, PageRequest
from chassis.timers import Timers
from segmentation.application.alert_ports import Alerts
from segmentation.application.indicator_ports import Facts, IndicatorPolicies, Measurements
from segmentation.application.prediction_ports import LifetimeValues, Predictions
from segmentation.domain.activity import ActivityColumns, Recorded, RecordedActivity
from segmentation.domain.events import DomainEvent, MemberJoinedGroup, MemberLeftGroup
from segmentation.domain.group import Group
from segmentation.domain.member import Member, Membership
from segmentation.domain.policy import Tier, TierPolicy
from segmentation.domain.rfm import RfmFigures
from segmentation.domain.tiers import MemberFigures, TierAssignment, TierDecision


@dataclass(frozen=True, slots=True)
class Tenant:
    id: UUID
    zone: ZoneInfo
    currency: str


@dataclass(frozen=True, slots=True)
class MemberFilter:
    group_id: UUID | None = None
    tier: Tier | None = None
    tag: str | None = None


class Groups(Protocol):
    async def by_ids(self, ids: Sequence[UUID]) -> Sequence[Group]: ...
    async def by_references(self, references: Sequence[str]) -> Sequence[Group]: ...
    async def page(self, request: PageRequest) -> Page[Group]:
        """By name, then id."""
        ...

    async def save(self, group: Group) -> bool:
        """Adds the group, or renames the one there is. True if it is new."""
        ...


class Members(Protocol):
    async def see(self, activities: ActivityColumns) -> None:
        """Adds or updates the members of the activities, and holds them until the transaction ends.

        Whoever decides about a member does so after this, so that two batches cannot miss one another.
        """
        ...

    async def by_ids(self, ids: Sequence[UUID], now: datetime) -> Sequence[Member]: ...
    async def by_references(self, references: Sequence[str], now: datetime) -> Sequence[Member]: ...
    async def page(self, request: PageRequest, wanted: MemberFilter, now: datetime) -> Page[Member]:
        """By last_seen_at descending, then id."""
        ...

    async def tag(
        self, member_id: UUID, add: Sequence[str], remove: Sequence[str], now: datetime
    ) -> None: ...


class Activities(Protocol):
    async def add(self, activities: ActivityColumns, zone: ZoneInfo) -> Recorded:
        """Keeps those not known yet, with their effect on orders and on the facts of their local dates."""
        ...

    async def of_member(self, member_id: UUID, request: PageRequest) -> Page[RecordedActivity]: ...
    async def of_group(self, group_id: UUID, request: PageRequest) -> Page[RecordedActivity]: ...


class Memberships(Protocol):
    async def rebuild(self, recorded: Recorded) -> Sequence[MemberJoinedGroup | MemberLeftGroup]:
        """Derives anew the stays that the activities change; returns the joinings and leavings."""
        ...

    async def of_members(self, member_ids: Sequence[UUID]) -> Sequence[Membership]: ...


class Tiers(Protocol):
    async def open_after(
        self, recorded: Recorded, policy: TierPolicy, now: datetime
    ) -> Sequence[MemberFigures]:
        """Members whose tier the activities may change."""
        ...

    async def due(self, policy: TierPolicy, now: datetime, limit: int) -> Sequence[MemberFigures]:
        """Members whose tier ends by itself by now, and which no other transaction holds; holds them."""
        ...

    async def any_due(self, now: datetime) -> bool: ...

    async def all(
        self, policy: TierPolicy, now: datetime, after: UUID | None, limit: int
    ) -> Sequence[MemberFigures]:
        """Every member by id; holds them."""
        ...

    async def save(self, decisions: Sequence[tuple[MemberFigures, TierDecision]], now: datetime) -> None: ...
    async def history(self, member_id: UUID, request: PageRequest) -> Page[TierAssignment]:
        """Newest first."""
        ...

    async def count(self, group_id: UUID | None) -> dict[Tier, int]:
        """Members per tier, of the tenant or present in a group."""
        ...

    async def buyers(self, policy: TierPolicy, as_of: datetime) -> Sequence[RfmFigures]:
        """Figures of every member with an order in the RFM window."""
        ...


class Policies(Protocol):
    async def tiers(self) -> TierPolicy:
        """In force, and staying so until the transaction ends."""
        ...

    async def replaceable_tiers(self) -> TierPolicy:
        """In force; waits for those deciding by it, and keeps others from it until the transaction ends."""
        ...

    async def add_tiers(self, policy: TierPolicy, now: datetime) -> None: ...


class Deliveries(Protocol):
    async def add(
        self, post_ids: Sequence[UUID], group_ids: Sequence[UUID], delivered_at: Sequence[datetime]
    ) -> None: ...


class UnitOfWork(Protocol):
    @property
    def groups(self) -> Groups: ...
    @property
    def members(self) -> Members: ...
    @property
    def activities(self) -> Activities: ...
    @property
    def memberships(self) -> Memberships: ...
    @property
    def tiers(self) -> Tiers: ...
    @property
    def policies(self) -> Policies: ...
    @property
    def facts(self) -> Facts: ...
    @property
    def measurements(self) -> Measurements: ...
    @property
    def indicator_policies(self) -> IndicatorPolicies: ...
    @property
    def alerts(self) -> Alerts: ...
    @property
    def deliveries(self) -> Deliveries: ...
    @property
    def predictions(self) -> Predictions: ...
    @property
    def lifetime_values(self) -> LifetimeValues: ...
    @property
    def timers(self) -> Timers: ...
    @property
    def inbox(self) -> Inbox: ...
    async def tenant(self) -> Tenant: ...
    async def publish(self, *events: DomainEvent, at: datetime) -> None: ...


Transactions = Callable[["UUID"], AbstractAsyncContextManager[UnitOfWork]]
