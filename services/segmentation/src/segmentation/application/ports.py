"""What the use cases need of the outside, in domain terms."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.erased import Erased
from chassis.idempotency import Idempotency
from chassis.inbox import Inbox
from chassis.paging import Page, PageRequest
from chassis.personal_data import PersonalData
from chassis.timers import Timers
from segmentation.application.alert_ports import Alerts
from segmentation.application.consent_ports import ConsentPolicies, Consents
from segmentation.application.erasure_ports import Erasures
from segmentation.application.indicator_ports import Facts, FactZones, IndicatorPolicies, Measurements
from segmentation.application.operation_ports import ExportReads, Operations
from segmentation.application.prediction_ports import LifetimeValues, Predictions
from segmentation.application.profile_ports import Identities, Merges, Profiles, Timeline
from segmentation.application.segment_ports import SegmentMembers, Segments, SegmentUpkeep
from segmentation.application.tags_ports import TagRules, Tags
from segmentation.application.tier_ports import Rfm, TierSweep
from segmentation.domain.activity import ActivityColumns, Recorded, RecordedActivity
from segmentation.domain.events import DomainEvent, MemberJoinedGroup, MemberLeftGroup
from segmentation.domain.group import Group
from segmentation.domain.member import Member, Membership
from segmentation.domain.policy import Tier, TierPolicy, TierPolicyVersion
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

    async def add_unknown(self, references: Mapping[UUID, str], now: datetime) -> Collection[UUID]:
        """Adds those not known yet, the reference as the name; returns which were new."""
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


class Activities(Protocol):
    async def hold_payers(self, activities: ActivityColumns) -> None:
        """Holds who paid for orders of others in the batch before, and all in it, in one order."""
        ...

    async def add(self, activities: ActivityColumns, zone: ZoneInfo) -> Recorded:
        """Keeps those not known yet, with their effect on orders and on the facts of their local dates.

        Members whose orders changed without a deed of their own are held from here on.
        """
        ...

    async def add_many(self, activities: ActivityColumns, zone: ZoneInfo) -> int:
        """As `add`, but tells only how many were new."""
        ...

    async def of_member(self, member_id: UUID, request: PageRequest) -> Page[RecordedActivity]: ...
    async def of_group(self, group_id: UUID, request: PageRequest) -> Page[RecordedActivity]: ...


class Memberships(Protocol):
    async def rebuild(self, recorded: Recorded) -> Sequence[MemberJoinedGroup | MemberLeftGroup]:
        """Derives anew the stays that the activities change; returns the joinings and leavings."""
        ...

    async def rebuild_all(self) -> None:
        """Derives every stay anew. Nobody else may record meanwhile: see Policies.replaceable_tiers."""
        ...

    async def of_members(self, member_ids: Sequence[UUID]) -> Sequence[Membership]: ...


class Tiers(Protocol):
    async def open_after(
        self, recorded: Recorded, policy: TierPolicy, now: datetime
    ) -> Sequence[MemberFigures]:
        """Members whose tier the activities may change."""
        ...

    async def save(self, decisions: Sequence[tuple[MemberFigures, TierDecision]], now: datetime) -> None: ...
    async def histories(
        self, member_ids: Sequence[UUID], request: PageRequest
    ) -> Mapping[UUID, Page[TierAssignment]]:
        """Newest first, of each member."""
        ...

    async def count(self) -> Mapping[Tier, int]:
        """Members per tier."""
        ...

    async def count_in(self, group_ids: Sequence[UUID]) -> Mapping[UUID, Mapping[Tier, int]]:
        """Members present in each of the groups, per tier."""
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
    async def tier_versions(self, request: PageRequest) -> Page[TierPolicyVersion]:
        """Newest first; the default is none of them."""
        ...


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
    def tier_sweep(self) -> TierSweep: ...
    @property
    def rfm(self) -> Rfm: ...
    @property
    def policies(self) -> Policies: ...
    @property
    def facts(self) -> Facts: ...
    @property
    def fact_zones(self) -> FactZones: ...
    @property
    def measurements(self) -> Measurements: ...
    @property
    def indicator_policies(self) -> IndicatorPolicies: ...
    @property
    def alerts(self) -> Alerts: ...
    @property
    def deliveries(self) -> Deliveries: ...
    @property
    def identities(self) -> Identities: ...
    @property
    def merges(self) -> Merges: ...
    @property
    def timeline(self) -> Timeline: ...
    @property
    def profiles(self) -> Profiles: ...
    @property
    def consents(self) -> Consents: ...
    @property
    def consent_policies(self) -> ConsentPolicies: ...
    @property
    def tags(self) -> Tags: ...
    @property
    def tag_rules(self) -> TagRules: ...
    @property
    def predictions(self) -> Predictions: ...
    @property
    def lifetime_values(self) -> LifetimeValues: ...
    @property
    def segments(self) -> Segments: ...
    @property
    def segment_members(self) -> SegmentMembers: ...
    @property
    def segment_upkeep(self) -> SegmentUpkeep: ...
    @property
    def operations(self) -> Operations: ...
    @property
    def export_reads(self) -> ExportReads: ...
    @property
    def erasures(self) -> Erasures: ...
    @property
    def erased(self) -> Erased: ...
    @property
    def personal_data(self) -> PersonalData: ...
    @property
    def idempotency(self) -> Idempotency: ...
    @property
    def timers(self) -> Timers: ...
    @property
    def inbox(self) -> Inbox: ...
    async def tenant(self) -> Tenant: ...
    async def publish(self, *events: DomainEvent, at: datetime) -> None: ...


Transactions = Callable[["UUID"], AbstractAsyncContextManager[UnitOfWork]]
