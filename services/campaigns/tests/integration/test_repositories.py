"""What the use cases rely on, asked of the fake and of PostgreSQL alike."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from campaigns.application.ports import ConcurrentChange, Returned, Transactions
from campaigns.domain.campaign import Campaign, IntervalOverride
from campaigns.domain.claim import Claim, ClaimStatus, Step
from campaigns.domain.errors import CampaignNotFound, CampaignTooClose, ExternalReferenceTaken, StaleVersion
from campaigns.domain.flash_sale import Stock
from campaigns.domain.payment import Fate, Payment
from campaigns.domain.policy import CampaignPolicy
from chassis.ids import new_id
from chassis.paging import Page, PageRequest
from quanzi.paging.v1.paging_pb2 import PageRequest as PageRequestMessage

from ..samples import DAY, NOW, campaign
from ..unit.fakes import FakeTransactions

WEEK = 7 * DAY


@pytest.fixture(params=["fake", "sql"])
def transactions(request: pytest.FixtureRequest) -> Transactions:
    return FakeTransactions() if request.param == "fake" else request.getfixturevalue("sql_transactions")


@pytest.fixture
def tenant_id() -> UUID:
    return new_id()


@pytest.fixture
async def sale(transactions: Transactions, tenant_id: UUID) -> Campaign:
    return await add(transactions, tenant_id, campaign())


async def add(transactions: Transactions, tenant_id: UUID, subject: Campaign) -> Campaign:
    async with transactions(tenant_id) as uow:
        await uow.campaigns.add(subject, subject.window.ends_at + WEEK)
    return subject


def after(page: Page, first: int) -> PageRequest:
    """As it comes back over the wire."""
    return PageRequest.of(PageRequestMessage(first=first, after=page.info().cursors[-1]))


def claim_of(sale: Campaign, quantity: int = 1, member_id: UUID | None = None) -> Claim:
    return sale.flash_sale.claim(new_id(), member_id or new_id(), quantity, NOW)


async def test_a_campaign_comes_back_as_it_was_kept(transactions, tenant_id) -> None:
    override = IntervalOverride("周年庆", "operator-1")
    subject = campaign(external_reference="S-1", group_ids=(new_id(), new_id()), override=override)
    await add(transactions, tenant_id, subject)
    async with transactions(tenant_id) as uow:
        assert await uow.campaigns.many([new_id(), subject.id]) == [subject]
        assert await uow.flash_sales.get(subject.id) == subject.flash_sale
        with pytest.raises(CampaignNotFound):
            await uow.flash_sales.get(new_id())


async def test_an_external_reference_is_used_once(transactions, tenant_id) -> None:
    await add(transactions, tenant_id, campaign(external_reference="S-1"))
    with pytest.raises(ExternalReferenceTaken):
        await add(transactions, tenant_id, campaign(external_reference="S-1"))
    await add(transactions, new_id(), campaign(external_reference="S-1"))
    await add(transactions, tenant_id, campaign())
    await add(transactions, tenant_id, campaign())


async def test_groups_are_free_again_after_the_interval(transactions, tenant_id) -> None:
    shared, other = new_id(), new_id()
    first = await add(transactions, tenant_id, campaign(group_ids=(shared, new_id())))
    free_from = first.window.ends_at + WEEK
    tick = timedelta(microseconds=1)
    for start in (free_from - tick, NOW, NOW - DAY - WEEK + tick):
        with pytest.raises(CampaignTooClose, match=f"group {shared} is taken by campaign {first.id}"):
            await add(transactions, tenant_id, campaign(group_ids=(other, shared), start=start))
    await add(transactions, tenant_id, campaign(group_ids=(shared,), start=free_from))
    await add(transactions, tenant_id, campaign(group_ids=(shared,), start=NOW - DAY - WEEK))
    await add(transactions, tenant_id, campaign(group_ids=(other,)))
    await add(transactions, new_id(), campaign(group_ids=(shared,)))


async def test_overridden_and_cancelled_campaigns_occupy_no_group(transactions, tenant_id, sale) -> None:
    override = IntervalOverride("周年庆", "operator-1")
    await add(transactions, tenant_id, campaign(group_ids=sale.group_ids, override=override))
    async with transactions(tenant_id) as uow:
        assert await uow.campaigns.cancel(sale.cancel(NOW))
        assert not await uow.campaigns.cancel(sale.cancel(NOW))
    await add(transactions, tenant_id, campaign(group_ids=sale.group_ids))
    async with transactions(tenant_id) as uow:
        assert (await uow.campaigns.many([sale.id]))[0].cancelled_at == NOW
        assert await uow.flash_sales.reserve(sale.id, 1) is None


async def test_pages_of_campaigns(transactions, tenant_id) -> None:
    group_id = new_id()
    kept = [
        await add(
            transactions, tenant_id, campaign(group_ids=(group_id, new_id()), start=NOW + n * (WEEK + DAY))
        )
        for n in range(3)
    ]
    await add(transactions, tenant_id, campaign())
    async with transactions(tenant_id) as uow:
        first = await uow.campaigns.page(PageRequest(2, count_total=True), group_id)
        assert [c.id for c in first.items] == [kept[2].id, kept[1].id]
        assert (first.has_next_page, first.total_count) == (True, 3)
        second = await uow.campaigns.page(after(first, 2), group_id)
        assert [c.id for c in second.items] == [kept[0].id]
        assert not second.has_next_page
        assert len((await uow.campaigns.page(PageRequest(100), None)).items) == 4


async def test_stock_moves_and_always_adds_up(transactions, tenant_id, sale) -> None:
    async with transactions(tenant_id) as uow:
        assert await uow.flash_sales.reserve(sale.id, 2) == 1
        assert await uow.flash_sales.reserve(sale.id, 2) is None
        assert await uow.flash_sales.reserve(sale.id, 1) == 0
        await uow.flash_sales.sell({sale.id: 2})
        assert (await uow.flash_sales.get(sale.id)).stock == Stock(3, 0, 1, 2)
        returned = await uow.flash_sales.give_back({sale.id: Returned(reserved=1, sold=1)})
        assert returned == {sale.id: 2}
        assert (await uow.flash_sales.get(sale.id)).stock == Stock(3, 2, 0, 1)
        await uow.flash_sales.sell({})


async def test_members_hold_no_more_than_the_limit(transactions, tenant_id, sale) -> None:
    member_id = new_id()
    claims = [claim_of(sale, 1, member_id) for _ in range(3)]
    async with transactions(tenant_id) as uow:
        assert [await uow.claims.hold(claim, 2) for claim in claims] == [True, True, False]
        assert await uow.claims.hold(claim_of(sale), 2)
        await uow.claims.let_go(claims[:2])
        assert await uow.claims.hold(claims[2], 2)


async def test_claims_are_saved_one_step_at_a_time(transactions, tenant_id, sale) -> None:
    first, second = claim_of(sale), claim_of(sale)
    async with transactions(tenant_id) as uow:
        for claim in (first, second):
            assert await uow.claims.hold(claim, 2)
    paid, _ = first.pay("order-1", first.amount_minor, "CNY")
    expired = second.after(Step.EXPIRE)
    async with transactions(tenant_id) as uow:
        await uow.claims.save([paid, expired])
        assert await uow.claims.many([second.id, new_id(), first.id]) == [expired, paid]
    with pytest.raises(ConcurrentChange):
        async with transactions(tenant_id) as uow:
            await uow.claims.save([first.after(Step.RELEASE)])
    async with transactions(tenant_id) as uow:
        assert await uow.claims.locked([second.id, first.id]) == {first.id: paid, second.id: expired}


async def test_claims_of_a_campaign_and_pages_of_claims(transactions, tenant_id, sale) -> None:
    member_id = new_id()
    claims = [claim_of(sale, 1, member_id) for _ in range(3)]
    async with transactions(tenant_id) as uow:
        for claim in claims:
            await uow.claims.hold(claim, 3)
        await uow.claims.save([claims[1].after(Step.EXPIRE)])
        reserved = await uow.claims.locked_of_campaign(sale.id, [ClaimStatus.RESERVED], UUID(int=0), 1)
        assert reserved == claims[:1]
        reserved = await uow.claims.locked_of_campaign(sale.id, [ClaimStatus.RESERVED], claims[0].id, 9)
        assert reserved == claims[2:]
        page = await uow.claims.page(PageRequest(2, count_total=True), sale.id, member_id, None)
        assert ([c.id for c in page.items], page.total_count) == ([claims[2].id, claims[1].id], 3)
        page = await uow.claims.page(after(page, 2), None, member_id, None)
        assert [c.id for c in page.items] == [claims[0].id]
        page = await uow.claims.page(PageRequest(9), sale.id, None, ClaimStatus.EXPIRED)
        assert [c.id for c in page.items] == [claims[1].id]


async def test_payments_are_recorded_once(transactions, tenant_id) -> None:
    claim_id = new_id()
    first = Payment("b", claim_id, 100, "CNY", NOW, Fate.LATE)
    second = Payment("a", claim_id, 100, "CNY", NOW + DAY, Fate.DUPLICATE)
    refunded = replace(first, refund_reference="refund-1", refunded_at=NOW)
    async with transactions(tenant_id) as uow:
        await uow.payments.record([first, second])
        await uow.payments.record([replace(first, fate=Fate.ACCEPTED)])
        assert await uow.payments.of_claims([claim_id, new_id()]) == [first, second]
        await uow.payments.save([refunded])
        assert await uow.payments.of_claims([claim_id]) == [refunded, second]


async def test_policies_follow_one_another(transactions, tenant_id) -> None:
    first = CampaignPolicy(1, 3, 600)
    async with transactions(tenant_id) as uow:
        assert await uow.policies.current() == CampaignPolicy()
        await uow.policies.add(first, NOW)
        with pytest.raises(StaleVersion):
            await uow.policies.add(first, NOW)
        assert await uow.policies.current() == first
