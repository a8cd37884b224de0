"""What happened, in the words and fields of proto/quanzi/campaigns/v1/events.proto."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from campaigns.domain.campaign import CampaignType


@dataclass(frozen=True, slots=True)
class DomainEvent:
    """Events of a campaign keep their order per campaign."""

    campaign_id: UUID


@dataclass(frozen=True, slots=True)
class CampaignScheduled(DomainEvent):
    type: CampaignType
    group_ids: tuple[UUID, ...]
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class CampaignOpened(DomainEvent):
    group_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class CampaignClosed(DomainEvent):
    pass


@dataclass(frozen=True, slots=True)
class CampaignCancelled(DomainEvent):
    pass


@dataclass(frozen=True, slots=True)
class ItemReserved(DomainEvent):
    """`available` is the stock left."""

    claim_id: UUID
    member_id: UUID
    quantity: int
    available: int
    pay_until: datetime


@dataclass(frozen=True, slots=True)
class FlashSaleSoldOut(DomainEvent):
    pass


@dataclass(frozen=True, slots=True)
class ClaimPaid(DomainEvent):
    claim_id: UUID
    member_id: UUID
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class ClaimExpired(DomainEvent):
    """`available` is the stock left after all units of the batch returned."""

    claim_id: UUID
    member_id: UUID
    quantity: int
    available: int


@dataclass(frozen=True, slots=True)
class ClaimFulfilled(DomainEvent):
    claim_id: UUID
    member_id: UUID


@dataclass(frozen=True, slots=True)
class RefundRequested(DomainEvent):
    claim_id: UUID
    member_id: UUID
    amount_minor: int
    currency: str
    payment_reference: str
