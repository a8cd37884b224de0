"""Record payments of claims, wherever they are reported: by the shop's call or by an order on INBOUND."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from campaigns.application.ports import UnitOfWork
from campaigns.domain.claim import Claim
from campaigns.domain.errors import ClaimNotFound
from campaigns.domain.events import ClaimPaid, DomainEvent, RefundRequested
from campaigns.domain.payment import Fate, Payment


@dataclass(frozen=True, slots=True)
class PayClaim:
    """`payment_reference` is the shop's order number: both doors report a payment under the same one."""

    claim_id: UUID
    payment_reference: str
    amount_minor: int
    currency: str


async def pay_claim(uow: UnitOfWork, command: PayClaim, now: datetime) -> Claim:
    """The claim after its payment, which may have been for another amount: ask `Claim.costs`.

    Raises ClaimNotFound.
    """
    claims = await pay_claims(uow, [command], now)
    if command.claim_id not in claims:
        raise ClaimNotFound(command.claim_id)
    return claims[command.claim_id]


async def pay_claims(uow: UnitOfWork, commands: Sequence[PayClaim], now: datetime) -> dict[UUID, Claim]:
    """Every payment gets one fate and is recorded with it, once per claim and reference; returns the claims.

    A payment in time sells the units. Any other that matches a claim is owed back and a refund is requested.
    One that matches no claim is recorded for a person to look at.
    """
    claim_ids = list({command.claim_id for command in commands})
    claims = await uow.claims.locked(claim_ids)
    known = {(payment.claim_id, payment.reference) for payment in await uow.payments.of_claims(claim_ids)}
    payments: list[Payment] = []
    paid: list[Claim] = []
    sold: Counter[UUID] = Counter()
    events: list[DomainEvent] = []
    for command in commands:
        key = command.claim_id, command.payment_reference
        if key in known:
            continue
        known.add(key)
        fate = Fate.UNMATCHED
        if claim := claims.get(command.claim_id):
            claim, fate = claim.pay(command.payment_reference, command.amount_minor, command.currency)
            if claim.version != claims[claim.id].version:
                claims[claim.id] = claim
                paid.append(claim)
            if fate is Fate.ACCEPTED:
                sold[claim.campaign_id] += claim.quantity
            events.append(_event(claim, command, fate))
        payments.append(
            Payment(
                command.payment_reference, command.claim_id, command.amount_minor, command.currency, now, fate
            )
        )
    await uow.payments.record(payments)
    await uow.claims.save(paid)
    await uow.flash_sales.sell(sold)
    await uow.publish(*events, at=now)
    return claims


def _event(claim: Claim, command: PayClaim, fate: Fate) -> DomainEvent:
    amount = command.amount_minor, command.currency
    if fate is Fate.ACCEPTED:
        return ClaimPaid(claim.campaign_id, claim.id, claim.member_id, *amount)
    return RefundRequested(claim.campaign_id, claim.id, claim.member_id, *amount, command.payment_reference)
