"""The service under test, with the oracle's words at its doors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from chassis.database import Database
from chassis.ids import derived_id
from chassis.testbed import tenants
from segmentation.application.measure_groups import measure_groups
from segmentation.application.ports import Transactions
from segmentation.application.record_activities import record_activities
from segmentation.application.record_deliveries import Delivery, record_deliveries
from segmentation.domain.activity import ActivityColumns, ActivityKind
from segmentation.domain.indicators import GroupIndicators
from segmentation.domain.member import Member

from .history import Delivered, Did
from .indicators import Window

SOURCE = "oracle"
IDS_PER_CALL = 500


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
