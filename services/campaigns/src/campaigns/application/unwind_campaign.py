"""Undo the claims of a cancelled campaign: reservations are released, payments are owed back."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from campaigns.application.ports import UnitOfWork
from campaigns.application.return_units import return_units
from campaigns.domain.claim import Claim, ClaimStatus, Step
from campaigns.domain.events import RefundRequested
from campaigns.domain.payment import Fate, Payment

BATCH = 1_000
STEPS = {ClaimStatus.RESERVED: Step.RELEASE, ClaimStatus.PAID: Step.REQUEST_REFUND}


async def unwind_campaign(uow: UnitOfWork, campaign_id: UUID, now: datetime) -> None:
    """Batch after batch until none is left; the sale was halted before, so none can be added."""
    last = UUID(int=0)
    while claims := await uow.claims.locked_of_campaign(campaign_id, tuple(STEPS), last, BATCH):
        last = claims[-1].id
        ended = [claim.after(STEPS[claim.status]) for claim in claims]
        await uow.claims.save(ended)
        await _request_refunds(uow, [c for c in ended if c.status is ClaimStatus.REFUND_REQUESTED], now)
        await return_units(uow, ended)


async def _request_refunds(uow: UnitOfWork, claims: list[Claim], now: datetime) -> None:
    paid = {claim.id: claim for claim in claims}
    accepted = [p for p in await uow.payments.of_claims(list(paid)) if p.fate is Fate.ACCEPTED]
    await uow.payments.save([replace(payment, fate=Fate.CANCELLED) for payment in accepted])
    await uow.publish(*(_event(paid[payment.claim_id], payment) for payment in accepted), at=now)


def _event(claim: Claim, payment: Payment) -> RefundRequested:
    return RefundRequested(
        claim.campaign_id,
        claim.id,
        claim.member_id,
        payment.amount_minor,
        payment.currency,
        payment.reference,
    )
