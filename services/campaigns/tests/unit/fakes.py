"""The unit of work in memory: the same answers as PostgreSQL gives, without its concurrency."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from campaigns.application.ports import ConcurrentChange, Returned
from campaigns.domain.campaign import Campaign
from campaigns.domain.claim import Claim, ClaimStatus
from campaigns.domain.errors import CampaignNotFound, CampaignTooClose, ExternalReferenceTaken, StaleVersion
from campaigns.domain.events import DomainEvent
from campaigns.domain.flash_sale import FlashSale
from campaigns.domain.payment import Payment
from campaigns.domain.policy import CampaignPolicy
from chassis.paging import Page, PageRequest, page_of
from chassis.tenancy import TenantProfile


@dataclass
class Rows:
    """What one tenant has stored."""

    tenant_id: UUID
    campaigns: dict[UUID, Campaign] = field(default_factory=dict)
    occupied_until: dict[UUID, datetime] = field(default_factory=dict)
    claims: dict[UUID, Claim] = field(default_factory=dict)
    held: Counter[tuple[UUID, UUID]] = field(default_factory=Counter)
    payments: dict[tuple[UUID, str], Payment] = field(default_factory=dict)
    policies: list[CampaignPolicy] = field(default_factory=list)
    clicks: set[tuple[UUID, UUID]] = field(default_factory=set)
    timers: dict[tuple[str, str], datetime] = field(default_factory=dict)
    events: list[DomainEvent] = field(default_factory=list)


class Fakes:
    """All repositories of a unit of work at once, over `Rows`."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.campaigns = FakeCampaigns(rows)
        self.flash_sales = FakeFlashSales(rows)
        self.claims = FakeClaims(rows)
        self.payments = FakePayments(rows)
        self.policies = FakePolicies(rows)
        self.clicks = FakeClicks(rows)
        self.timers = FakeTimers(rows)
        self.tenants = FakeTenants(rows)

    async def publish(self, *events: DomainEvent, at: datetime) -> None:
        self.rows.events += events


class FakeTransactions:
    """Tenant in, unit of work out; what an exception leaves behind is rolled back."""

    def __init__(self) -> None:
        self.tenants: dict[UUID, Rows] = {}

    @asynccontextmanager
    async def __call__(self, tenant_id: UUID) -> AsyncIterator[Fakes]:
        rows = deepcopy(self.tenants.get(tenant_id) or Rows(tenant_id))
        yield Fakes(rows)
        self.tenants[tenant_id] = rows


class Fake:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows


class FakeCampaigns(Fake):
    async def add(self, campaign: Campaign, occupied_until: datetime) -> None:
        for other in self._rows.campaigns.values():
            if campaign.external_reference and other.external_reference == campaign.external_reference:
                raise ExternalReferenceTaken(campaign.external_reference)
            common = set(campaign.group_ids) & set(other.group_ids)
            exempt = campaign.override or other.override or other.cancelled_at
            free_from = self._rows.occupied_until[other.id]
            start = other.window.starts_at
            if common and not exempt and start < occupied_until and campaign.window.starts_at < free_from:
                raise CampaignTooClose(min(common), other.id, start, free_from)
        self._rows.campaigns[campaign.id] = campaign
        self._rows.occupied_until[campaign.id] = occupied_until

    async def many(self, campaign_ids: Sequence[UUID]) -> list[Campaign]:
        return [self._rows.campaigns[id_] for id_ in campaign_ids if id_ in self._rows.campaigns]

    async def page(self, request: PageRequest, group_id: UUID | None) -> Page[Campaign]:
        found = [c for c in self._rows.campaigns.values() if not group_id or group_id in c.group_ids]
        return _page(found, lambda campaign: (campaign.window.starts_at, campaign.id), request)

    async def cancel(self, campaign: Campaign) -> bool:
        if self._rows.campaigns[campaign.id].cancelled_at:
            return False
        self._rows.campaigns[campaign.id] = campaign
        return True


class FakeFlashSales(Fake):
    async def get(self, campaign_id: UUID) -> FlashSale:
        if campaign_id not in self._rows.campaigns:
            raise CampaignNotFound(campaign_id)
        return self._rows.campaigns[campaign_id].flash_sale

    async def reserve(self, campaign_id: UUID, quantity: int) -> int | None:
        sale = await self.get(campaign_id)
        if sale.halted or quantity > sale.stock.available:
            return None
        return self._move(campaign_id, -quantity, quantity, 0)

    async def sell(self, quantities: Mapping[UUID, int]) -> None:
        for campaign_id, quantity in quantities.items():
            self._move(campaign_id, 0, -quantity, quantity)

    async def give_back(self, returned: Mapping[UUID, Returned]) -> Mapping[UUID, int]:
        return {
            campaign_id: self._move(campaign_id, units.reserved + units.sold, -units.reserved, -units.sold)
            for campaign_id, units in returned.items()
        }

    def _move(self, campaign_id: UUID, available: int, reserved: int, sold: int) -> int:
        campaign = self._rows.campaigns[campaign_id]
        old = campaign.flash_sale.stock
        stock = replace(
            old,
            available=old.available + available,
            reserved=old.reserved + reserved,
            sold=old.sold + sold,
        )
        sale = replace(campaign.flash_sale, stock=stock)
        self._rows.campaigns[campaign_id] = replace(campaign, flash_sale=sale)
        return stock.available


class FakeClaims(Fake):
    async def hold(self, claim: Claim, limit: int) -> bool:
        key = claim.campaign_id, claim.member_id
        if self._rows.held[key] + claim.quantity > limit:
            return False
        self._rows.held[key] += claim.quantity
        self._rows.claims[claim.id] = claim
        return True

    async def let_go(self, claims: Sequence[Claim]) -> None:
        for claim in claims:
            self._rows.held[claim.campaign_id, claim.member_id] -= claim.quantity

    async def locked(self, claim_ids: Sequence[UUID]) -> dict[UUID, Claim]:
        return {id_: self._rows.claims[id_] for id_ in sorted(claim_ids) if id_ in self._rows.claims}

    async def locked_of_campaign(
        self, campaign_id: UUID, statuses: Sequence[ClaimStatus], after: UUID, limit: int
    ) -> list[Claim]:
        found = [
            claim
            for id_, claim in sorted(self._rows.claims.items())
            if claim.campaign_id == campaign_id and claim.status in statuses and id_ > after
        ]
        return found[:limit]

    async def save(self, claims: Sequence[Claim]) -> None:
        for claim in claims:
            if self._rows.claims[claim.id].version != claim.version - 1:
                raise ConcurrentChange("1 claims changed meanwhile; try again")
            self._rows.claims[claim.id] = claim

    async def many(self, claim_ids: Sequence[UUID]) -> list[Claim]:
        return [self._rows.claims[id_] for id_ in claim_ids if id_ in self._rows.claims]

    async def page(
        self,
        request: PageRequest,
        campaign_id: UUID | None,
        member_id: UUID | None,
        status: ClaimStatus | None,
    ) -> Page[Claim]:
        wanted = {"campaign_id": campaign_id, "member_id": member_id, "status": status}
        found = [
            claim
            for claim in self._rows.claims.values()
            if all(value is None or getattr(claim, name) == value for name, value in wanted.items())
        ]
        return _page(found, lambda claim: (claim.id,), request)


class FakePayments(Fake):
    async def of_claims(self, claim_ids: Sequence[UUID]) -> list[Payment]:
        found = [payment for payment in self._rows.payments.values() if payment.claim_id in claim_ids]
        return sorted(found, key=lambda payment: (payment.received_at, payment.reference))

    async def record(self, payments: Sequence[Payment]) -> None:
        for payment in payments:
            self._rows.payments.setdefault((payment.claim_id, payment.reference), payment)

    async def save(self, payments: Sequence[Payment]) -> None:
        self._rows.payments.update({(p.claim_id, p.reference): p for p in payments})


class FakePolicies(Fake):
    async def current(self) -> CampaignPolicy:
        return self._rows.policies[-1] if self._rows.policies else CampaignPolicy()

    async def add(self, policy: CampaignPolicy, now: datetime) -> None:
        if policy.version in {stored.version for stored in self._rows.policies}:
            raise StaleVersion("changed")
        self._rows.policies.append(policy)


class FakeClicks(Fake):
    async def add(self, clicks: Sequence[tuple[UUID, UUID]]) -> None:
        self._rows.clicks.update(click for click in clicks if click[0] in self._rows.campaigns)


class FakeTimers(Fake):
    async def schedule(self, kind: str, key: str, due_at: datetime) -> None:
        self._rows.timers[kind, key] = due_at


class FakeTenants(Fake):
    async def profile(self) -> TenantProfile:
        return TenantProfile(self._rows.tenant_id, "brand", "品牌", "Asia/Shanghai", "CNY")


def _page(found: list, key: Callable[..., tuple], request: PageRequest) -> Page:
    rest = sorted((item for item in found if not request.after or key(item) < request.after), key=key)
    return page_of(rest[::-1], request, key, len(found) if request.count_total else None)
