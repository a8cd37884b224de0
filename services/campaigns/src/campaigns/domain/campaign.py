"""A campaign (活动) for one or several groups."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from campaigns.domain.errors import CampaignOver
from campaigns.domain.flash_sale import FlashSale, Stock, Terms
from campaigns.domain.policy import CampaignPolicy
from campaigns.domain.window import Window


class CampaignType(StrEnum):
    """Kinds of campaigns."""

    FLASH_SALE = "flash_sale"


class CampaignStatus(StrEnum):
    """States of a campaign; all but cancelled follow from the window."""

    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class IntervalOverride:
    """Who let a campaign come closer to another than the interval, and why."""

    reason: str
    overridden_by: str


@dataclass(frozen=True, slots=True)
class Campaign:
    """`schedule_flash_sale` creates one; the constructor is the door from storage."""

    id: UUID
    name: str
    external_reference: str | None
    group_ids: tuple[UUID, ...]
    window: Window
    flash_sale: FlashSale
    created_at: datetime
    override: IntervalOverride | None = None
    cancelled_at: datetime | None = None
    type: CampaignType = CampaignType.FLASH_SALE

    @classmethod
    def schedule_flash_sale(
        cls,
        campaign_id: UUID,
        name: str,
        group_ids: tuple[UUID, ...],
        window: Window,
        terms: Terms,
        stock: int,
        policy: CampaignPolicy,
        now: datetime,
        *,
        external_reference: str | None = None,
        override: IntervalOverride | None = None,
    ) -> "Campaign":
        """A new campaign with all its stock available. Raises PaymentDeadlineTooLong."""
        terms.require_allowed(policy)
        return cls(
            id=campaign_id,
            name=name,
            external_reference=external_reference,
            group_ids=tuple(sorted(group_ids)),
            window=window,
            flash_sale=FlashSale(campaign_id, window, terms, Stock.of(stock)),
            created_at=now,
            override=override,
        )

    def status(self, now: datetime) -> CampaignStatus:
        """The state at a moment."""
        if self.cancelled_at:
            return CampaignStatus.CANCELLED
        if now < self.window.starts_at:
            return CampaignStatus.SCHEDULED
        return CampaignStatus.OPEN if now in self.window else CampaignStatus.CLOSED

    def cancel(self, now: datetime) -> "Campaign":
        """The campaign cancelled, its sale halted. Raises CampaignOver."""
        if (status := self.status(now)) in (CampaignStatus.CLOSED, CampaignStatus.CANCELLED):
            raise CampaignOver(self.id, status)
        return replace(self, cancelled_at=now, flash_sale=replace(self.flash_sale, halted=True))
