"""Say that the goods of a paid claim were handed over."""

from datetime import datetime
from uuid import UUID

from campaigns.application.ports import UnitOfWork
from campaigns.domain.claim import Claim, Step
from campaigns.domain.errors import ClaimNotFound
from campaigns.domain.events import ClaimFulfilled


async def fulfil_claim(uow: UnitOfWork, claim_id: UUID, now: datetime) -> Claim:
    """The fulfilled claim. Raises ClaimNotFound, ClaimStepRefused."""
    locked = await uow.claims.locked([claim_id])
    if claim_id not in locked:
        raise ClaimNotFound(claim_id)
    claim = locked[claim_id].after(Step.FULFIL)
    await uow.claims.save([claim])
    await uow.publish(ClaimFulfilled(claim.campaign_id, claim.id, claim.member_id), at=now)
    return claim
