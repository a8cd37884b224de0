from dataclasses import replace
from datetime import timedelta

import pytest

from campaigns.domain.campaign import CampaignStatus
from campaigns.domain.errors import (
    CampaignOver,
    LimitReached,
    PaymentDeadlineTooLong,
    SaleNotOpen,
    SoldOut,
    WindowInvalid,
)
from campaigns.domain.flash_sale import Stock
from campaigns.domain.policy import CampaignPolicy
from campaigns.domain.window import Window
from chassis.ids import new_id

from ..samples import DAY, NOW, campaign

SALE = campaign().flash_sale


@pytest.mark.parametrize(
    ("total", "available", "reserved", "sold"), [(3, 3, 1, 0), (3, 4, -1, 0), (3, 1, 1, 0), (0, -1, 0, 1)]
)
def test_stock_that_does_not_add_up_cannot_be_made(
    total: int, available: int, reserved: int, sold: int
) -> None:
    with pytest.raises(ValueError, match="does not add up"):
        Stock(total, available, reserved, sold)


def test_a_claim_costs_price_times_quantity_and_waits_for_its_payment() -> None:
    claim = SALE.claim(new_id(), new_id(), 2, NOW)
    assert (claim.amount_minor, claim.currency) == (9980, "CNY")
    assert claim.pay_until == NOW + timedelta(seconds=900)


@pytest.mark.parametrize(
    ("sale", "quantity", "at", "refusal"),
    [
        (SALE, 1, NOW - timedelta(microseconds=1), SaleNotOpen),
        (SALE, 1, NOW + DAY, SaleNotOpen),
        (replace(SALE, halted=True), 1, NOW, SaleNotOpen),
        (SALE, 3, NOW, LimitReached),
        (replace(SALE, stock=Stock(3, 1, 1, 1)), 2, NOW, SoldOut),
    ],
)
def test_refusals(sale, quantity, at, refusal) -> None:
    with pytest.raises(refusal):
        sale.claim(new_id(), new_id(), quantity, at)


def test_a_reservation_waits_no_longer_than_the_policy_allows() -> None:
    terms = replace(SALE.terms, payment_deadline_seconds=1801)
    with pytest.raises(PaymentDeadlineTooLong, match="1800 s"):
        terms.require_allowed(CampaignPolicy())


@pytest.mark.parametrize(("starts", "ends"), [(NOW, NOW), (NOW + DAY, NOW), (NOW - 2 * DAY, NOW)])
def test_a_window_must_not_be_over(starts, ends) -> None:
    with pytest.raises(WindowInvalid):
        Window.ahead(starts, ends, NOW)


def test_status_follows_the_window_until_cancelled() -> None:
    subject = campaign()
    moments = (NOW - DAY, NOW, NOW + DAY)
    assert [subject.status(at) for at in moments] == [
        CampaignStatus.SCHEDULED,
        CampaignStatus.OPEN,
        CampaignStatus.CLOSED,
    ]
    cancelled = subject.cancel(NOW)
    assert cancelled.status(NOW) is CampaignStatus.CANCELLED
    assert cancelled.flash_sale.halted
    for over, at in ((cancelled, NOW), (subject, NOW + DAY)):
        with pytest.raises(CampaignOver):
            over.cancel(at)
