"""The unit of work in memory: keeps activities and decisions, derives everything else when asked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.erased import Erased
from chassis.idempotency import Idempotency
from chassis.inbox import Inbox
from chassis.personal_data import PersonalData
from chassis.timers import Timer, Timers
from segmentation.application.alert_ports import Alerts
from segmentation.application.consent_ports import ConsentPolicies, Consents
from segmentation.application.indicator_ports import Facts, FactZones, IndicatorPolicies, Measurements
from segmentation.application.operation_ports import ExportReads, Operations
from segmentation.application.ports import (
    Activities,
    Deliveries,
    Groups,
    Members,
    Memberships,
    Policies,
    Tenant,
    Tiers,
)
from segmentation.application.profile_ports import Identities, Timeline
from segmentation.application.segment_ports import SegmentMembers, Segments, SegmentUpkeep
from segmentation.application.tags_ports import Tags
from segmentation.application.tier_ports import Rfm
from segmentation.domain.activity import (
    INTERACTIONS,
    MOVES,
    ORDERS,
    ActivityColumns,
    ActivityKind,
    Move,
    Recorded,
)
from segmentation.domain.events import DomainEvent, MemberJoinedGroup, MemberLeftGroup
from segmentation.domain.group import Group
from segmentation.domain.member import Membership
from segmentation.domain.membership import Sign, Stay, stays
from segmentation.domain.policy import Tier, TierPolicy
from segmentation.domain.tiers import MemberFigures, Payment, TierAssignment, TierDecision

from ..samples import CURRENCY
from .erasure_fakes import FakeErased
from .indicator_fakes import FakeFactZones
from .profile_fakes import FakeIdentities, FakeTags, FakeTimeline
from .segment_fakes import FakeSegments, FakeSegmentUpkeep
from .tiers_fakes import FakeTierSweep


class Row(NamedTuple):
    id: UUID
    kind: ActivityKind
    occurred_at: datetime
    member_id: UUID
    group_id: UUID | None
    order: str | None
    amount: int
    invited_by: UUID | None


@dataclass
class Memory:
    """What is committed. One tenant."""

    activities: dict[UUID, Row] = field(default_factory=dict)
    groups: dict[UUID, Group] = field(default_factory=dict)
    tiers: dict[UUID, tuple[TierAssignment, datetime | None]] = field(default_factory=dict)
    policies: list[TierPolicy] = field(default_factory=lambda: [TierPolicy()])
    events: list[DomainEvent] = field(default_factory=list)
    timers: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def of_member(self, member_id: UUID) -> list[Row]:
        return [row for row in self.activities.values() if row.member_id == member_id]

    def members(self) -> list[UUID]:
        return sorted({row.member_id for row in self.activities.values()})

    def stays(self, member_id: UUID) -> dict[UUID, list[Stay]]:
        signs: defaultdict[UUID, list[Sign]] = defaultdict(list)
        for row in self.of_member(member_id):
            if row.group_id:
                signs[row.group_id].append(Sign(row.occurred_at, row.kind, row.id, row.invited_by))
        return {group_id: stays(of_group) for group_id, of_group in signs.items()}

    def payments(self, member_id: UUID) -> list[Payment]:
        paid: dict[str, Row] = {}
        refunded: Counter[str] = Counter()
        for row in sorted(self.of_member(member_id), key=lambda row: (row.occurred_at, row.amount)):
            if row.order and row.kind is ActivityKind.ORDER_PAID:
                paid.setdefault(row.order, row)
            elif row.order:
                refunded[row.order] -= row.amount
        return [
            Payment(row.occurred_at, row.amount - refunded[order])
            for order, row in paid.items()
            if not 0 < refunded[order] >= row.amount
        ]

    def figures(self, member_id: UUID) -> MemberFigures:
        by_group = self.stays(member_id)
        joined = [stay.joined_at for found in by_group.values() for stay in found]
        payments = self.payments(member_id)
        of_member = self.of_member(member_id)
        return MemberFigures(
            member_id=member_id,
            joined_at=max(joined, default=min(row.occurred_at for row in of_member)),
            interactions=sorted(
                (it.occurred_at for it in of_member if it.kind in INTERACTIONS), reverse=True
            ),
            payments=payments,
            paid_orders=len(payments),
            tier=self.tiers[member_id][0].tier if member_id in self.tiers else None,
            group_ids=[group for group, found in by_group.items() if found and not found[-1].left_at],
        )


class FakeUnitOfWork:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self.groups = cast(Groups, _Groups(memory))
        self.members = cast(Members, _Members())
        self.activities = cast(Activities, _Activities(memory))
        self.memberships = cast(Memberships, _Memberships(memory))
        self.tiers = cast(Tiers, _Tiers(memory))
        self.tier_sweep = FakeTierSweep(memory)
        self.rfm = cast(Rfm, None)
        self.policies = cast(Policies, _Policies(memory))
        self.facts = cast(Facts, None)
        self.fact_zones = cast(FactZones, FakeFactZones())
        self.measurements = cast(Measurements, None)
        self.indicator_policies = cast(IndicatorPolicies, None)
        self.alerts = cast(Alerts, None)
        self.consents = cast(Consents, None)
        self.consent_policies = cast(ConsentPolicies, None)
        self.timers = cast(Timers, _Timers(memory))
        self.deliveries = cast(Deliveries, None)
        self.operations = cast(Operations, None)
        self.export_reads = cast(ExportReads, None)
        self.erased = cast(Erased, FakeErased())
        self.personal_data = cast(PersonalData, None)
        self.idempotency = cast(Idempotency, None)
        self.inbox = cast(Inbox, None)
        self.identities = cast(Identities, FakeIdentities())
        self.segments = cast(Segments, FakeSegments())
        self.segment_members = cast(SegmentMembers, None)
        self.segment_upkeep = cast(SegmentUpkeep, FakeSegmentUpkeep())
        self.tags = cast(Tags, FakeTags())
        self.timeline = cast(Timeline, FakeTimeline())

    async def tenant(self) -> Tenant:
        return Tenant(UUID(int=0), ZoneInfo("Asia/Shanghai"), CURRENCY)

    async def publish(self, *events: DomainEvent, at: datetime) -> None:
        self._memory.events += events


@asynccontextmanager
async def fake_transaction(memory: Memory) -> AsyncIterator[FakeUnitOfWork]:
    yield FakeUnitOfWork(memory)


class _Fake:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory


class _Groups(_Fake):
    async def by_ids(self, ids: Sequence[UUID]) -> Sequence[Group]:
        return [self._memory.groups[group_id] for group_id in ids if group_id in self._memory.groups]

    async def save(self, group: Group) -> bool:
        new = group.id not in self._memory.groups
        self._memory.groups[group.id] = group
        return new


class _Members:
    async def see(self, activities: ActivityColumns) -> None:
        """Members follow from their activities."""


class _Activities(_Fake):
    async def hold_payers(self, activities: ActivityColumns) -> None:
        pass

    async def add(self, activities: ActivityColumns, zone: ZoneInfo) -> Recorded:
        fresh: dict[UUID, Row] = {}
        for values in zip(
            activities.ids,
            activities.kinds,
            activities.occurred_at,
            activities.member_ids,
            activities.group_ids,
            activities.order_references,
            activities.amounts,
            activities.invited_by_ids,
            strict=True,
        ):
            row = _row(*values)
            if row.id not in self._memory.activities:
                fresh[row.id] = row
        self._memory.activities |= fresh
        return Recorded(
            ids=list(fresh),
            member_ids=sorted({row.member_id for row in fresh.values()}),
            buyer_ids=sorted({row.member_id for row in fresh.values() if row.kind in ORDERS}),
            moves=[
                Move(row.kind, row.member_id, row.group_id, row.occurred_at)
                for row in fresh.values()
                if row.kind in MOVES and row.group_id
            ],
        )


class _Memberships(_Fake):
    async def rebuild(self, recorded: Recorded) -> Sequence[MemberJoinedGroup | MemberLeftGroup]:
        moves: list[MemberJoinedGroup | MemberLeftGroup] = []
        for kind, member_id, group_id, at in sorted(recorded.moves, key=lambda move: move.occurred_at):
            found = self._memory.stays(member_id)[group_id]
            if kind is ActivityKind.LEFT and any(stay.left_at == at for stay in found):
                moves.append(MemberLeftGroup(member_id, group_id, at))
            elif kind is ActivityKind.JOINED:
                stay = next(stay for stay in reversed(found) if stay.joined_at <= at)
                moves.append(MemberJoinedGroup(member_id, group_id, at, stay.invited_by_id))
        return moves

    async def of_members(self, member_ids: Sequence[UUID]) -> Sequence[Membership]:
        return [
            Membership(member_id, group_id, stay.joined_at, stay.left_at, stay.invited_by_id)
            for member_id in member_ids
            for group_id, found in self._memory.stays(member_id).items()
            for stay in found
        ]


class _Tiers(_Fake):
    async def open_after(
        self, recorded: Recorded, policy: TierPolicy, now: datetime
    ) -> Sequence[MemberFigures]:
        return [self._memory.figures(member_id) for member_id in recorded.member_ids]

    async def save(self, decisions: Sequence[tuple[MemberFigures, TierDecision]], now: datetime) -> None:
        for figures, decision in decisions:
            if decision.tier is figures.tier:
                assignment = self._memory.tiers[figures.member_id][0]
            else:
                assignment = TierAssignment(decision.tier, now, decision.reason, figures.tier)
            self._memory.tiers[figures.member_id] = assignment, decision.due_at

    async def count(self) -> Mapping[Tier, int]:
        return Counter(assignment.tier for assignment, _ in self._memory.tiers.values())


class _Policies(_Fake):
    async def tiers(self) -> TierPolicy:
        return self._memory.policies[-1]

    async def replaceable_tiers(self) -> TierPolicy:
        return self._memory.policies[-1]

    async def add_tiers(self, policy: TierPolicy, now: datetime) -> None:
        self._memory.policies.append(policy)


class _Timers(_Fake):
    async def pending(self, kind: str, key: str) -> bool:
        return (kind, key) in self._memory.timers

    async def schedule(self, kind: str, key: str, due_at: datetime) -> None:
        self._memory.timers[kind, key] = due_at

    async def schedule_many(self, timers: Iterable[Timer]) -> None:
        self._memory.timers |= {(timer.kind, timer.key): timer.due_at for timer in timers}


def _row(
    id_: str,
    kind: int,
    occurred_at: datetime,
    member_id: str,
    group_id: str | None,
    order: str | None,
    amount: int,
    invited_by: str | None,
) -> Row:
    return Row(
        UUID(id_),
        ActivityKind(kind),
        occurred_at,
        UUID(member_id),
        UUID(group_id) if group_id else None,
        order,
        amount,
        UUID(invited_by) if invited_by else None,
    )
