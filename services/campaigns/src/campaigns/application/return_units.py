"""Units of claims that ended go back to their sales and out of their members' limits."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from campaigns.application.ports import Returned, UnitOfWork
from campaigns.domain.claim import Claim, ClaimStatus


async def return_units(uow: UnitOfWork, ended: Sequence[Claim]) -> Mapping[UUID, int]:
    """Call once per claim, with the claim as it ended; returns what is available now, per campaign.

    Locks in the order of every transaction of this service: claims, limits, sales.
    """
    returned: dict[UUID, Returned] = {}
    for claim in ended:
        sum_ = returned.get(claim.campaign_id, Returned())
        sold = claim.status is ClaimStatus.REFUND_REQUESTED
        returned[claim.campaign_id] = Returned(
            reserved=sum_.reserved + (0 if sold else claim.quantity),
            sold=sum_.sold + (claim.quantity if sold else 0),
        )
    await uow.claims.let_go(ended)
    return await uow.flash_sales.give_back(returned)
