"""The service under test, with the oracle's words at its doors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from chassis.database import Database
from chassis.ids import derived_id
from chassis.paging import PageRequest
from chassis.testbed import tenants
from quanzi.segmentation.v1 import segments_pb2
from segmentation.application.create_segment import CreateSegment, create_segment
from segmentation.application.fill_segments import fill_segments
from segmentation.application.follow_cohorts import follow_cohorts
from segmentation.application.measure_groups import measure_groups
from segmentation.application.ports import Transactions
from segmentation.application.preview_segment import preview_segment
from segmentation.application.record_activities import record_activities
from segmentation.application.record_consents import RecordConsents, record_consents
from segmentation.application.record_deliveries import Delivery, record_deliveries
from segmentation.application.redecide_due_tiers import redecide_due_tiers
from segmentation.application.refresh_due_segments import refresh_due_segments
from segmentation.application.tag_member import TagMember, tag_member
from segmentation.domain import windows
from segmentation.domain.activity import ActivityColumns, ActivityKind
from segmentation.domain.cohorts import Cohort
from segmentation.domain.consents import ConsentRow, ConsentState
from segmentation.domain.funnel import FunnelOf
from segmentation.domain.indicators import GroupIndicators
from segmentation.domain.member import Member
from segmentation.entrypoints.conditions_wire import condition_from_wire

from .history import Agreed, Delivered, Did
from .indicators import Window

SOURCE = "oracle"
IDS_PER_CALL = 500
SAMPLE = 50


class Service:
    """Segmentation for one tenant, in this process, on a real database."""

    def __init__(self, transactions: Transactions, tenant_id: UUID) -> None:
        self.transactions, self.tenant_id = transactions, tenant_id

    @classmethod
    async def of_new_tenant(cls, database: Database, transactions: Transactions, zone: str) -> Service:
        return cls(transactions, await tenants.register(database, time_zone=zone))

    def member_id(self, member: str) -> UUID:
        return derived_id(self.tenant_id, "member", member)

    def group_id(self, group: str) -> UUID:
        return derived_id(self.tenant_id, "group", group)

    async def record(self, done: Sequence[Did], now: datetime, batch: int = 3_000) -> None:
        for start in range(0, len(done), batch):
            async with self.transactions(self.tenant_id) as uow:
                await record_activities(uow, self._columns(done[start : start + batch]), now)

    async def deliver(self, delivered: Iterable[Delivered]) -> None:
        deliveries = [
            Delivery(derived_id(self.tenant_id, "post", told.post), self.group_id(told.group), told.at)
            for told in delivered
        ]
        async with self.transactions(self.tenant_id) as uow:
            await record_deliveries(uow, deliveries)

    async def members(self, members: Sequence[str], now: datetime) -> dict[str, Member]:
        found: dict[str, Member] = {}
        for start in range(0, len(members), IDS_PER_CALL):
            ids = [self.member_id(member) for member in members[start : start + IDS_PER_CALL]]
            async with self.transactions(self.tenant_id) as uow:
                found |= {it.external_reference: it for it in await uow.members.by_ids(ids, now)}
        return found

    async def indicators(self, group: str, window: Window, now: datetime) -> GroupIndicators:
        async with self.transactions(self.tenant_id) as uow:
            [of_group] = await measure_groups(uow, [self.group_id(group)], window.first, window.last, now)
        return of_group

    async def cohorts(
        self, groups: Sequence[str], window: Window, days: Sequence[int], now: datetime
    ) -> list[Cohort]:
        ids = [self.group_id(group) for group in groups]
        async with self.transactions(self.tenant_id) as uow:
            return await follow_cohorts(uow, ids, window.first, window.last, days, now)

    async def funnel(self, groups: Sequence[str], window: Window) -> tuple[int, int, int]:
        ids = [self.group_id(group) for group in groups]
        async with self.transactions(self.tenant_id) as uow:
            local = windows.Window(window.first, window.last, await uow.fact_zones.current())
            return await uow.measurements.funnel(ids, local, FunnelOf())

    async def tag(self, member: str, names: Sequence[str], now: datetime) -> None:
        async with self.transactions(self.tenant_id) as uow:
            await tag_member(uow, TagMember(self.member_id(member), add=names, remove=()), now)

    async def agree(self, agreed: Sequence[Agreed], now: datetime) -> None:
        rows = [
            ConsentRow(
                source=SOURCE,
                source_id=told.id,
                member_reference=told.member,
                purpose=told.purpose,
                state=ConsentState.GIVEN if told.agrees else ConsentState.WITHDRAWN,
                channel="store",
                notice_version="1",
                evidence="",
                occurred_at=told.at,
            )
            for told in agreed
        ]
        async with self.transactions(self.tenant_id) as uow:
            assert not await record_consents(uow, RecordConsents(rows, "oracle"), now)

    async def meeting(self, condition: segments_pb2.Condition, now: datetime) -> set[UUID]:
        """Whom a preview shows; there must be few."""
        async with self.transactions(self.tenant_id) as uow:
            preview = await preview_segment(uow, condition_from_wire(condition), SAMPLE, now)
        assert preview.members == len(preview.sample)
        return set(preview.sample)

    async def save_segment(self, name: str, condition: segments_pb2.Condition, now: datetime) -> UUID:
        command = CreateSegment(name, condition_from_wire(condition))
        async with self.transactions(self.tenant_id) as uow:
            segment = await create_segment(uow, command, now)
        filling = True
        while filling:
            async with self.transactions(self.tenant_id) as uow:
                filling = await fill_segments(uow, now)
        return segment.id

    async def pass_time(self, now: datetime) -> None:
        """What timers would do by now."""
        for due in (redecide_due_tiers, refresh_due_segments):
            async with self.transactions(self.tenant_id) as uow:
                await due(uow, now)

    async def in_segment(self, segment_id: UUID) -> set[UUID]:
        async with self.transactions(self.tenant_id) as uow:
            page = (await uow.segment_members.of_segments([segment_id], PageRequest(SAMPLE)))[segment_id]
        return {it.member_id for it in page.items}

    def _columns(self, done: Sequence[Did]) -> ActivityColumns:
        return ActivityColumns(
            ids=[str(derived_id(self.tenant_id, "activity", f"{SOURCE}/{did.id}")) for did in done],
            kinds=[ActivityKind[did.kind.upper()] for did in done],
            occurred_at=[did.at for did in done],
            sources=[SOURCE for _ in done],
            member_ids=[str(self.member_id(did.member)) for did in done],
            member_references=[did.member for did in done],
            display_names=["" for _ in done],
            group_ids=[str(self.group_id(did.group)) if did.group else None for did in done],
            order_references=[did.order for did in done],
            amounts=[-did.amount if did.kind == "order_refunded" else did.amount for did in done],
            invited_by_ids=[str(self.member_id(did.invited_by)) if did.invited_by else None for did in done],
            campaign_ids=[None for _ in done],
            post_ids=[None for _ in done],
            currencies={"CNY"} if any(did.order for did in done) else set(),
        )
