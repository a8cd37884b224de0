"""Expire reservations whose payment deadline has come."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from campaigns.application.ports import UnitOfWork
from campaigns.application.return_units import return_units
from campaigns.domain.claim import Step
from campaigns.domain.events import ClaimExpired


async def expire_claims(uow: UnitOfWork, claim_ids: Sequence[UUID], now: datetime) -> None:
    """Those still reserved expire and return their units, once; the rest were paid or released and stay."""
    locked = await uow.claims.locked(claim_ids)
    expired = [claim.after(Step.EXPIRE) for claim in locked.values() if claim.can(Step.EXPIRE)]
    if not expired:
        return
    await uow.claims.save(expired)
    available = await return_units(uow, expired)
    await uow.publish(
        *(
            ClaimExpired(c.campaign_id, c.id, c.member_id, c.quantity, available[c.campaign_id])
            for c in expired
        ),
        at=now,
    )
