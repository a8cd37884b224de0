"""Say that a payment owed back was refunded."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from campaigns.application.ports import UnitOfWork
from campaigns.domain.claim import Claim, Step
from campaigns.domain.errors import ClaimNotFound, NoRefundOwed


@dataclass(frozen=True, slots=True)
class ConfirmRefund:
    claim_id: UUID
    refund_reference: str


async def confirm_refund(uow: UnitOfWork, command: ConfirmRefund, now: datetime) -> Claim:
    """Settles the oldest payment still owed; the claim is refunded once nothing is owed for it any more.

    The same refund told again changes nothing. Raises ClaimNotFound, NoRefundOwed.
    """
    locked = await uow.claims.locked([command.claim_id])
    claim = locked.get(command.claim_id)
    if claim is None:
        raise ClaimNotFound(command.claim_id)
    payments = await uow.payments.of_claims([claim.id])
    if any(payment.refund_reference == command.refund_reference for payment in payments):
        return claim
    owed = [payment for payment in payments if payment.owed]
    if not owed:
        raise NoRefundOwed(claim.id)
    await uow.payments.save([replace(owed[0], refund_reference=command.refund_reference, refunded_at=now)])
    if len(owed) == 1 and claim.can(Step.REFUND):
        claim = claim.after(Step.REFUND)
        await uow.claims.save([claim])
    return claim
