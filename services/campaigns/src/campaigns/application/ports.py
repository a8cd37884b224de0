"""What the use cases need, in domain types: SQL forms in `adapters/`, fakes in the tests."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from campaigns.domain.campaign import Campaign
from campaigns.domain.claim import Claim, ClaimStatus
from campaigns.domain.events import DomainEvent
from campaigns.domain.flash_sale import FlashSale
from campaigns.domain.payment import Payment
from campaigns.domain.policy import CampaignPolicy
from chassis.erased import Erased
from chassis.faults import TransientFault
from chassis.idempotency import Idempotency
from chassis.inbox import Inbox
from chassis.paging import Page, PageRequest
from chassis.tenancy import Tenants
from chassis.timers import Timers


@dataclass(frozen=True, slots=True)
class Returned:
    """Units that become available again, by where they were held."""

    reserved: int = 0
    sold: int = 0


class Campaigns(Protocol):
    async def add(self, campaign: Campaign, occupied_until: datetime) -> None:
        """Keep a new campaign; its groups are occupied from its start until then.

        Raises ExternalReferenceTaken, and CampaignTooClose as the database's exclusion constraint decides.
        """
        ...

    async def many(self, campaign_ids: Sequence[UUID]) -> list[Campaign]:
        """Those that exist, in the order asked for."""
        ...

    async def page(self, request: PageRequest, group_id: UUID | None) -> Page[Campaign]:
        """By start, latest first. Raises InvalidCursor."""
        ...

    async def cancel(self, campaign: Campaign) -> bool:
        """Set cancelled, free its groups, halt its sale. False if it was cancelled already."""
        ...


class FlashSales(Protocol):
    async def get(self, campaign_id: UUID) -> FlashSale:
        """As committed now, without a lock. Raises CampaignNotFound."""
        ...

    async def reserve(self, campaign_id: UUID, quantity: int) -> int | None:
        """Move units from available to reserved if there are as many and the sale is not halted.

        Returns what is available afterwards, None if nothing was moved. Locks the sale for the transaction.
        """
        ...

    async def sell(self, quantities: Mapping[UUID, int]) -> None:
        """Move units from reserved to sold, per campaign."""
        ...

    async def give_back(self, returned: Mapping[UUID, Returned]) -> Mapping[UUID, int]:
        """Make units available again, per campaign; returns what is available afterwards."""
        ...


class Claims(Protocol):
    async def hold(self, claim: Claim, limit: int) -> bool:
        """Keep a new claim if the customer then holds at most `limit` units of the sale; False if not.

        Members that were merged are one customer.
        """
        ...

    async def let_go(self, claims: Sequence[Claim]) -> None:
        """Count the units of these claims no longer against their members' limits."""
        ...

    async def locked(self, claim_ids: Sequence[UUID]) -> dict[UUID, Claim]:
        """Those that exist, locked in id order until the transaction ends."""
        ...

    async def locked_of_campaign(
        self, campaign_id: UUID, statuses: Sequence[ClaimStatus], after: UUID, limit: int
    ) -> list[Claim]:
        """The next claims of a campaign in these states, locked in id order."""
        ...

    async def save(self, claims: Sequence[Claim]) -> None:
        """Store one step of each claim. Raises ConcurrentChange if one is no longer at the version before."""
        ...

    async def many(self, claim_ids: Sequence[UUID]) -> list[Claim]:
        """Those that exist, in the order asked for."""
        ...

    async def page(
        self,
        request: PageRequest,
        campaign_id: UUID | None,
        member_id: UUID | None,
        status: ClaimStatus | None,
    ) -> Page[Claim]:
        """Newest first: ids sort by time. Raises InvalidCursor."""
        ...


class Payments(Protocol):
    async def of_claims(self, claim_ids: Sequence[UUID]) -> list[Payment]:
        """All payments that came for these claims, oldest first."""
        ...

    async def record(self, payments: Sequence[Payment]) -> None:
        """Keep new payments; one that is known by claim and reference changes nothing."""
        ...

    async def save(self, payments: Sequence[Payment]) -> None:
        """Store the fate and refund of payments of locked claims."""
        ...


class Policies(Protocol):
    async def current(self) -> CampaignPolicy:
        """The highest version, or the default."""
        ...

    async def add(self, policy: CampaignPolicy, now: datetime) -> None:
        """Raises StaleVersion if that version exists."""
        ...


class Clicks(Protocol):
    async def add(self, clicks: Sequence[tuple[UUID, UUID]]) -> None:
        """(campaign, member) pairs; known ones and those of unknown campaigns change nothing."""
        ...


class ConcurrentChange(TransientFault):
    """Another transaction was faster; nothing was stored, try again."""


class UnitOfWork(Protocol):
    """One transaction of one tenant."""

    @property
    def campaigns(self) -> Campaigns: ...
    @property
    def flash_sales(self) -> FlashSales: ...
    @property
    def claims(self) -> Claims: ...
    @property
    def payments(self) -> Payments: ...
    @property
    def policies(self) -> Policies: ...
    @property
    def clicks(self) -> Clicks: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def erased(self) -> Erased: ...
    @property
    def timers(self) -> Timers: ...
    @property
    def tenants(self) -> Tenants: ...
    @property
    def idempotency(self) -> Idempotency: ...

    async def publish(self, *events: DomainEvent, at: datetime) -> None:
        """Say what happened, once this transaction is committed."""
        ...


Transactions = Callable[[UUID], AbstractAsyncContextManager[UnitOfWork]]
