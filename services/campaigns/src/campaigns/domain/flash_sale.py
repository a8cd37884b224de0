"""Flash sale (限时秒杀): stock, per-member limit, price, window."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from campaigns.domain.claim import Claim
from campaigns.domain.errors import DomainError, LimitReached, PaymentDeadlineTooLong, SaleNotOpen, SoldOut
from campaigns.domain.policy import CampaignPolicy
from campaigns.domain.window import Window


@dataclass(frozen=True, slots=True)
class Stock:
    """Units of a sale: available + reserved + sold = total, always."""

    total: int
    available: int
    reserved: int
    sold: int

    def __post_init__(self) -> None:
        parts = self.available, self.reserved, self.sold
        if min(parts) < 0 or sum(parts) != self.total:
            raise ValueError(f"stock does not add up: {self}")

    @classmethod
    def of(cls, total: int) -> "Stock":
        """All units available."""
        return cls(total=total, available=total, reserved=0, sold=0)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a flash sale offers, fixed when it is scheduled. Price in minor units."""

    item_name: str
    per_member_limit: int
    price_minor: int
    currency: str
    payment_deadline_seconds: int

    def require_allowed(self, policy: CampaignPolicy) -> None:
        """Raises PaymentDeadlineTooLong."""
        if self.payment_deadline_seconds > policy.max_payment_deadline_seconds:
            raise PaymentDeadlineTooLong(policy.max_payment_deadline_seconds)


@dataclass(frozen=True, slots=True)
class FlashSale:
    """A sale as it stood when it was read. A cancelled campaign leaves its sale `halted`."""

    campaign_id: UUID
    window: Window
    terms: Terms
    stock: Stock
    halted: bool = False

    def refusal(self, quantity: int, now: datetime) -> DomainError | None:
        """Why a member cannot have so many units now, as far as this reading tells; None if they can."""
        if self.halted or now not in self.window:
            return SaleNotOpen(self.campaign_id, self.window.starts_at, self.window.ends_at)
        if quantity > self.terms.per_member_limit:
            return LimitReached(self.terms.per_member_limit)
        if quantity > self.stock.available:
            return SoldOut(self.stock.available)
        return None

    def claim(self, claim_id: UUID, member_id: UUID, quantity: int, now: datetime) -> Claim:
        """A reservation for the member. Raises SaleNotOpen, LimitReached, SoldOut."""
        if refusal := self.refusal(quantity, now):
            raise refusal
        return Claim(
            id=claim_id,
            campaign_id=self.campaign_id,
            member_id=member_id,
            quantity=quantity,
            amount_minor=quantity * self.terms.price_minor,
            currency=self.terms.currency,
            reserved_at=now,
            pay_until=now + timedelta(seconds=self.terms.payment_deadline_seconds),
        )
