"""A member's hold on units of a flash sale, and the one table of its states."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from campaigns.domain.errors import ClaimStepRefused
from campaigns.domain.payment import Fate


class ClaimStatus(StrEnum):
    """States of a claim."""

    RESERVED = "reserved"
    PAID = "paid"
    FULFILLED = "fulfilled"
    EXPIRED = "expired"
    LATE_PAID = "late_paid"
    REFUNDED = "refunded"
    RELEASED = "released"
    REFUND_REQUESTED = "refund_requested"


class Step(StrEnum):
    """What can happen to a claim."""

    PAY = "be paid"
    FULFIL = "be fulfilled"
    EXPIRE = "expire"
    RELEASE = "be released"
    REQUEST_REFUND = "be cancelled"
    REFUND = "be refunded"


TRANSITIONS: Mapping[tuple[ClaimStatus, Step], ClaimStatus] = {
    (ClaimStatus.RESERVED, Step.PAY): ClaimStatus.PAID,
    (ClaimStatus.RESERVED, Step.EXPIRE): ClaimStatus.EXPIRED,
    (ClaimStatus.RESERVED, Step.RELEASE): ClaimStatus.RELEASED,
    (ClaimStatus.EXPIRED, Step.PAY): ClaimStatus.LATE_PAID,
    (ClaimStatus.RELEASED, Step.PAY): ClaimStatus.LATE_PAID,
    (ClaimStatus.PAID, Step.FULFIL): ClaimStatus.FULFILLED,
    (ClaimStatus.PAID, Step.REQUEST_REFUND): ClaimStatus.REFUND_REQUESTED,
    (ClaimStatus.LATE_PAID, Step.REFUND): ClaimStatus.REFUNDED,
    (ClaimStatus.REFUND_REQUESTED, Step.REFUND): ClaimStatus.REFUNDED,
}


@dataclass(frozen=True, slots=True)
class Claim:
    """Units held by a member. `version` counts the steps taken: storage compares it before it sets.

    `FlashSale.claim` makes one; the constructor is the door from storage.
    """

    id: UUID
    campaign_id: UUID
    member_id: UUID
    quantity: int
    amount_minor: int
    currency: str
    reserved_at: datetime
    pay_until: datetime
    status: ClaimStatus = ClaimStatus.RESERVED
    payment_reference: str | None = None
    version: int = 1

    def can(self, step: Step) -> bool:
        """Whether the state table allows the step."""
        return (self.status, step) in TRANSITIONS

    def after(self, step: Step) -> "Claim":
        """The claim after the step. Raises ClaimStepRefused."""
        if not self.can(step):
            raise ClaimStepRefused(step, self.status)
        return replace(self, status=TRANSITIONS[self.status, step], version=self.version + 1)

    def costs(self, amount_minor: int, currency: str) -> bool:
        """Whether this is what must be paid for it."""
        return (amount_minor, currency) == (self.amount_minor, self.currency)

    def pay(self, reference: str, amount_minor: int, currency: str) -> tuple["Claim", Fate]:
        """The claim after a payment, and what becomes of the payment; money that came is never refused.

        The state decides what is in time, not the clock: a claim that still holds its units can be paid.
        """
        if not self.costs(amount_minor, currency):
            return self, Fate.MISMATCHED
        if not self.can(Step.PAY):
            return self, Fate.DUPLICATE
        paid = replace(self.after(Step.PAY), payment_reference=reference)
        return paid, Fate.ACCEPTED if paid.status is ClaimStatus.PAID else Fate.LATE
