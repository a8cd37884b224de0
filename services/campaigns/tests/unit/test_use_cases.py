from datetime import timedelta
from uuid import UUID

import pytest

from campaigns.application.announce_campaigns import announce_closing, announce_opening
from campaigns.application.cancel_campaign import cancel_campaign
from campaigns.application.claim_item import ClaimItem, claim_item
from campaigns.application.confirm_refund import ConfirmRefund, confirm_refund
from campaigns.application.expire_claims import expire_claims
from campaigns.application.fulfil_claim import fulfil_claim
from campaigns.application.pay_claims import PayClaim, pay_claim, pay_claims
from campaigns.application.schedule_flash_sale import schedule_flash_sale
from campaigns.application.unwind_campaign import unwind_campaign
from campaigns.application.update_campaign_policy import update_campaign_policy
from campaigns.domain import errors, events
from campaigns.domain.campaign import Campaign, IntervalOverride
from campaigns.domain.claim import Claim, ClaimStatus
from campaigns.domain.payment import Fate
from campaigns.domain.policy import CampaignPolicy
from chassis.ids import new_id

from ..samples import DAY, NOW, command
from .fakes import Fakes, Rows


@pytest.fixture
def uow() -> Fakes:
    return Fakes(Rows(new_id()))


@pytest.fixture
async def sale(uow: Fakes) -> Campaign:
    return await schedule_flash_sale(uow, command(), NOW)


async def claimed(uow: Fakes, sale: Campaign, quantity: int = 1, member_id: UUID | None = None) -> Claim:
    return await claim_item(uow, ClaimItem(sale.id, member_id or new_id(), quantity), NOW)


async def paid(uow: Fakes, claim: Claim, reference: str = "order-1", amount: int | None = None) -> Claim:
    amount = claim.amount_minor if amount is None else amount
    return await pay_claim(uow, PayClaim(claim.id, reference, amount, claim.currency), NOW)


def stock(uow: Fakes, sale: Campaign) -> tuple[int, int, int]:
    units = uow.rows.campaigns[sale.id].flash_sale.stock
    return units.available, units.reserved, units.sold


def fates(uow: Fakes) -> dict[str, Fate]:
    return {payment.reference: payment.fate for payment in uow.rows.payments.values()}


def published(uow: Fakes, kind: type[events.DomainEvent]) -> list[events.DomainEvent]:
    return [event for event in uow.rows.events if isinstance(event, kind)]


async def test_scheduling_sets_the_timers_and_says_so(uow: Fakes, sale: Campaign) -> None:
    assert uow.rows.timers == {
        ("campaign-open", str(sale.id)): NOW,
        ("campaign-close", str(sale.id)): NOW + DAY,
    }
    assert published(uow, events.CampaignScheduled)
    await announce_opening(uow, [sale.id], NOW)
    await announce_closing(uow, [sale.id], NOW)
    assert published(uow, events.CampaignOpened) == [events.CampaignOpened(sale.id, sale.group_ids)]
    assert published(uow, events.CampaignClosed) == [events.CampaignClosed(sale.id)]


async def test_the_interval_counts_from_the_end_and_can_be_overridden(uow: Fakes, sale: Campaign) -> None:
    free_from = sale.window.ends_at + 7 * DAY
    early = free_from - timedelta(microseconds=1)
    with pytest.raises(errors.CampaignTooClose, match=str(sale.group_ids[0])):
        await schedule_flash_sale(
            uow, command(group_ids=sale.group_ids, starts_at=early, ends_at=early + DAY), NOW
        )
    override = IntervalOverride("周年庆", "operator-1")
    again = command(group_ids=sale.group_ids, override=override)
    assert (await schedule_flash_sale(uow, again, NOW)).override == override
    await schedule_flash_sale(
        uow, command(group_ids=sale.group_ids, starts_at=free_from, ends_at=free_from + DAY), NOW
    )


async def test_the_last_unit_is_sold_out(uow: Fakes, sale: Campaign) -> None:
    first = await claimed(uow, sale, 2)
    second = await claimed(uow, sale, 1)
    assert [event.available for event in published(uow, events.ItemReserved)] == [1, 0]  # type: ignore[attr-defined]
    assert published(uow, events.FlashSaleSoldOut) == [events.FlashSaleSoldOut(sale.id)]
    assert uow.rows.timers["claim-expiry", str(first.id)] == first.pay_until
    with pytest.raises(errors.SoldOut):
        await claimed(uow, sale)
    await expire_claims(uow, [second.id], NOW)
    assert (await claimed(uow, sale)).quantity == 1


async def test_the_limit_counts_all_claims_of_a_member(uow: Fakes, sale: Campaign) -> None:
    member_id = new_id()
    first = await claimed(uow, sale, 1, member_id)
    await claimed(uow, sale, 1, member_id)
    with pytest.raises(errors.LimitReached):
        await claimed(uow, sale, 1, member_id)
    await expire_claims(uow, [first.id], NOW)
    await claimed(uow, sale, 1, member_id)


async def test_expiry_returns_units_once_and_spares_paid_claims(uow: Fakes, sale: Campaign) -> None:
    first, second = await claimed(uow, sale), await claimed(uow, sale)
    await paid(uow, first)
    await expire_claims(uow, [first.id, second.id], NOW)
    await expire_claims(uow, [first.id, second.id], NOW)
    assert stock(uow, sale) == (2, 0, 1)
    expired = events.ClaimExpired(sale.id, second.id, second.member_id, 1, available=2)
    assert published(uow, events.ClaimExpired) == [expired]


async def test_paid_and_fulfilled(uow: Fakes, sale: Campaign) -> None:
    claim = await claimed(uow, sale, 2)
    with pytest.raises(errors.ClaimStepRefused):
        await fulfil_claim(uow, claim.id, NOW)
    assert (await paid(uow, claim)).status is ClaimStatus.PAID
    assert stock(uow, sale) == (1, 0, 2)
    assert (await fulfil_claim(uow, claim.id, NOW)).status is ClaimStatus.FULFILLED
    assert published(uow, events.ClaimPaid)
    assert published(uow, events.ClaimFulfilled)


async def test_the_same_payment_counts_once_and_a_second_one_is_owed_back(uow: Fakes, sale: Campaign) -> None:
    claim = await claimed(uow, sale)
    assert await paid(uow, claim) == await paid(uow, claim)
    assert stock(uow, sale) == (2, 0, 1)
    await paid(uow, claim, "order-2")
    assert fates(uow) == {"order-1": Fate.ACCEPTED, "order-2": Fate.DUPLICATE}
    assert [event.payment_reference for event in published(uow, events.RefundRequested)] == ["order-2"]  # type: ignore[attr-defined]
    after = await confirm_refund(uow, ConfirmRefund(claim.id, "refund-2"), NOW)
    assert after.status is ClaimStatus.PAID


async def test_a_late_payment_is_refunded_and_takes_no_stock(uow: Fakes, sale: Campaign) -> None:
    claim = await claimed(uow, sale)
    with pytest.raises(errors.NoRefundOwed):
        await confirm_refund(uow, ConfirmRefund(claim.id, "refund-1"), NOW)
    await expire_claims(uow, [claim.id], NOW)
    assert (await paid(uow, claim)).status is ClaimStatus.LATE_PAID
    assert stock(uow, sale) == (3, 0, 0)
    refund = ConfirmRefund(claim.id, "refund-1")
    refunded = await confirm_refund(uow, refund, NOW)
    assert refunded.status is ClaimStatus.REFUNDED
    assert await confirm_refund(uow, refund, NOW) == refunded
    with pytest.raises(errors.NoRefundOwed):
        await confirm_refund(uow, ConfirmRefund(claim.id, "refund-2"), NOW)


async def test_a_claim_is_refunded_when_nothing_is_owed_any_more(uow: Fakes, sale: Campaign) -> None:
    claim = await claimed(uow, sale)
    await expire_claims(uow, [claim.id], NOW)
    await paid(uow, claim, "order-1")
    await paid(uow, claim, "order-2")
    first = await confirm_refund(uow, ConfirmRefund(claim.id, "refund-1"), NOW)
    second = await confirm_refund(uow, ConfirmRefund(claim.id, "refund-2"), NOW)
    assert (first.status, second.status) == (ClaimStatus.LATE_PAID, ClaimStatus.REFUNDED)


async def test_a_wrong_amount_is_kept_and_owed_back(uow: Fakes, sale: Campaign) -> None:
    claim = await claimed(uow, sale)
    after = await paid(uow, claim, "order-1", amount=1)
    assert not after.costs(1, "CNY")
    assert after.status is ClaimStatus.RESERVED
    assert fates(uow) == {"order-1": Fate.MISMATCHED}
    assert (await paid(uow, claim, "order-2")).status is ClaimStatus.PAID


async def test_payments_of_one_batch_and_of_unknown_claims(uow: Fakes, sale: Campaign) -> None:
    claim, unknown = await claimed(uow, sale), new_id()
    commands = [PayClaim(claim.id, reference, claim.amount_minor, "CNY") for reference in ("a", "a", "b")]
    await pay_claims(uow, [*commands, PayClaim(unknown, "c", 1, "CNY")], NOW)
    assert fates(uow) == {"a": Fate.ACCEPTED, "b": Fate.DUPLICATE, "c": Fate.UNMATCHED}
    assert stock(uow, sale) == (2, 0, 1)
    with pytest.raises(errors.ClaimNotFound):
        await pay_claim(uow, PayClaim(unknown, "d", 1, "CNY"), NOW)


async def test_cancelling_releases_reservations_and_refunds_payments(uow: Fakes, sale: Campaign) -> None:
    reserved, bought = await claimed(uow, sale), await claimed(uow, sale, 2)
    await paid(uow, bought)
    await cancel_campaign(uow, sale.id, NOW)
    assert uow.rows.timers["campaign-unwind", str(sale.id)] == NOW
    with pytest.raises(errors.SaleNotOpen):
        await claimed(uow, sale)
    await unwind_campaign(uow, sale.id, NOW)
    await unwind_campaign(uow, sale.id, NOW)
    assert uow.rows.claims[reserved.id].status is ClaimStatus.RELEASED
    assert uow.rows.claims[bought.id].status is ClaimStatus.REFUND_REQUESTED
    assert stock(uow, sale) == (3, 0, 0)
    assert len(published(uow, events.RefundRequested)) == 1
    assert (await paid(uow, reserved, "order-2")).status is ClaimStatus.LATE_PAID
    refunded = await confirm_refund(uow, ConfirmRefund(bought.id, "refund-1"), NOW)
    assert refunded.status is ClaimStatus.REFUNDED
    with pytest.raises(errors.CampaignOver):
        await cancel_campaign(uow, sale.id, NOW)
    with pytest.raises(errors.CampaignNotFound):
        await cancel_campaign(uow, new_id(), NOW)


async def test_the_policy_has_versions(uow: Fakes) -> None:
    wanted = CampaignPolicy(max_payment_deadline_seconds=600)
    assert (await update_campaign_policy(uow, wanted, 0, NOW)).version == 1
    with pytest.raises(errors.StaleVersion, match="Version 1"):
        await update_campaign_policy(uow, wanted, 0, NOW)
    with pytest.raises(errors.PaymentDeadlineTooLong):
        await schedule_flash_sale(uow, command(), NOW)
