"""Two who want the same: whatever the order, units and payments add up."""

import asyncio
from collections import Counter
from uuid import UUID

from campaigns.application.cancel_campaign import cancel_campaign
from campaigns.application.claim_item import ClaimItem, claim_item
from campaigns.application.expire_claims import expire_claims
from campaigns.application.pay_claims import PayClaim, pay_claim
from campaigns.application.ports import Transactions
from campaigns.application.schedule_flash_sale import schedule_flash_sale
from campaigns.application.unwind_campaign import unwind_campaign
from campaigns.domain.campaign import Campaign
from campaigns.domain.claim import Claim, ClaimStatus
from campaigns.domain.errors import CampaignTooClose, DomainError, LimitReached
from campaigns.domain.flash_sale import Stock
from campaigns.domain.payment import Fate
from chassis.ids import new_id

from ..samples import NOW, command

ROUNDS = 200


async def scheduled(transactions: Transactions, tenant_id: UUID, **changes: object) -> Campaign:
    async with transactions(tenant_id) as uow:
        return await schedule_flash_sale(uow, command(**changes), NOW)


async def claimed(
    transactions: Transactions, tenant_id: UUID, sale: Campaign, member_id: UUID | None = None
) -> Claim:
    async with transactions(tenant_id) as uow:
        return await claim_item(uow, ClaimItem(sale.id, member_id or new_id(), 1), NOW)


async def paid(transactions: Transactions, tenant_id: UUID, claim: Claim) -> Claim:
    async with transactions(tenant_id) as uow:
        return await pay_claim(uow, PayClaim(claim.id, "order", claim.amount_minor, claim.currency), NOW)


async def test_payment_against_expiry(sql_transactions: Transactions, tenant_id: UUID) -> None:
    sale = await scheduled(sql_transactions, tenant_id, stock=ROUNDS)
    claims = [await claimed(sql_transactions, tenant_id, sale) for _ in range(ROUNDS)]

    async def expire(batch: list[Claim]) -> None:
        async with sql_transactions(tenant_id) as uow:
            await expire_claims(uow, [claim.id for claim in batch], NOW)

    batches = [claims[n : n + 5] for n in range(0, ROUNDS, 5)]
    runs = []
    for batch in batches:
        runs += [expire(batch), *(paid(sql_transactions, tenant_id, claim) for claim in batch), expire(batch)]
    await asyncio.gather(*runs)

    async with sql_transactions(tenant_id) as uow:
        after = await uow.claims.many([claim.id for claim in claims])
        payments = await uow.payments.of_claims([claim.id for claim in claims])
        stock = (await uow.flash_sales.get(sale.id)).stock
    outcomes = Counter(claim.status for claim in after)
    fates = Counter(payment.fate for payment in payments)
    sold = outcomes[ClaimStatus.PAID]
    print(f"\n{ROUNDS} payments against expiry: {dict(outcomes)}")
    assert outcomes == Counter({ClaimStatus.PAID: sold, ClaimStatus.LATE_PAID: ROUNDS - sold})
    assert fates == Counter({Fate.ACCEPTED: sold, Fate.LATE: ROUNDS - sold})
    assert stock == Stock(ROUNDS, ROUNDS - sold, 0, sold)


async def test_cancelling_against_claims_and_payments(
    sql_transactions: Transactions, tenant_id: UUID
) -> None:
    sale = await scheduled(sql_transactions, tenant_id, stock=ROUNDS)
    early = [await claimed(sql_transactions, tenant_id, sale) for _ in range(20)]

    async def cancel() -> None:
        async with sql_transactions(tenant_id) as uow:
            await cancel_campaign(uow, sale.id, NOW)
        async with sql_transactions(tenant_id) as uow:
            await unwind_campaign(uow, sale.id, NOW)

    runs = [claimed(sql_transactions, tenant_id, sale) for _ in range(60)]
    runs[30:30] = [cancel(), *(paid(sql_transactions, tenant_id, claim) for claim in early)]
    results = await asyncio.gather(*runs, return_exceptions=True)
    unexpected = [r for r in results if isinstance(r, Exception) and not isinstance(r, DomainError)]
    assert unexpected == []

    async with sql_transactions(tenant_id) as uow:
        after = await uow.claims.locked_of_campaign(sale.id, list(ClaimStatus), UUID(int=0), ROUNDS)
        payments = await uow.payments.of_claims([claim.id for claim in early])
        stock = (await uow.flash_sales.get(sale.id)).stock
    outcomes = Counter(claim.status for claim in after)
    print(f"\ncancelled amid claims and payments: {dict(outcomes)}")
    assert set(outcomes) <= {ClaimStatus.RELEASED, ClaimStatus.REFUND_REQUESTED, ClaimStatus.LATE_PAID}
    assert len(payments) == len(early)
    assert all(payment.owed for payment in payments)
    assert stock == Stock.of(ROUNDS)


async def test_one_of_many_schedulers_wins_a_group(sql_transactions: Transactions, tenant_id: UUID) -> None:
    shared = new_id()
    results = await asyncio.gather(
        *(scheduled(sql_transactions, tenant_id, group_ids=(shared, new_id())) for _ in range(20)),
        return_exceptions=True,
    )
    winners = [result for result in results if isinstance(result, Campaign)]
    assert len(winners) == 1
    refused = [result for result in results if isinstance(result, CampaignTooClose)]
    assert len(refused) == 19
    assert all(str(winners[0].id) in str(error) for error in refused)


async def test_a_member_in_a_hurry_stays_within_the_limit(
    sql_transactions: Transactions, tenant_id: UUID
) -> None:
    sale = await scheduled(sql_transactions, tenant_id, stock=100, per_member_limit=2)
    member_id = new_id()
    results = await asyncio.gather(
        *(claimed(sql_transactions, tenant_id, sale, member_id) for _ in range(20)), return_exceptions=True
    )
    assert Counter(type(result) for result in results) == {Claim: 2, LimitReached: 18}
    async with sql_transactions(tenant_id) as uow:
        assert (await uow.flash_sales.get(sale.id)).stock == Stock(100, 98, 2, 0)
