"""Reserve units of a flash sale for a member.

The domain decides by what it reads; under concurrency the database has the last word, twice, each time as one
compare-and-set statement: `claims.hold` on the member's limit and `flash_sales.reserve` on the stock. The row
of the sale is what all claimers meet at, so it is locked last, shortly before the commit, and not at all by
those whom a plain read tells that the sale is sold out.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from campaigns.application.ports import UnitOfWork
from campaigns.application.timer_kinds import CLAIM_EXPIRY
from campaigns.domain.claim import Claim
from campaigns.domain.errors import LimitReached, SoldOut
from campaigns.domain.events import FlashSaleSoldOut, ItemReserved
from chassis.ids import new_id


@dataclass(frozen=True, slots=True)
class ClaimItem:
    campaign_id: UUID
    member_id: UUID
    quantity: int


async def claim_item(uow: UnitOfWork, command: ClaimItem, now: datetime) -> Claim:
    """A reservation that waits for its payment.

    Raises CampaignNotFound, SaleNotOpen, LimitReached, SoldOut.
    """
    sale = await uow.flash_sales.get(command.campaign_id)
    claim = sale.claim(new_id(), command.member_id, command.quantity, now)
    if not await uow.claims.hold(claim, sale.terms.per_member_limit):
        raise LimitReached(sale.terms.per_member_limit)
    await uow.timers.schedule(CLAIM_EXPIRY, str(claim.id), claim.pay_until)
    available = await uow.flash_sales.reserve(claim.campaign_id, claim.quantity)
    if available is None:
        sale = await uow.flash_sales.get(claim.campaign_id)
        raise sale.refusal(claim.quantity, now) or SoldOut(sale.stock.available)
    reserved = ItemReserved(
        claim.campaign_id, claim.id, claim.member_id, claim.quantity, available, claim.pay_until
    )
    sold_out = () if available else (FlashSaleSoldOut(claim.campaign_id),)
    await uow.publish(reserved, *sold_out, at=now)
    return claim
