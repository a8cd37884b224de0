from dataclasses import replace
from itertools import product

import pytest

from campaigns.domain.claim import Claim, ClaimStatus, Step
from campaigns.domain.errors import ClaimStepRefused
from campaigns.domain.payment import Fate
from chassis.ids import new_id

from ..samples import NOW, campaign

S = ClaimStatus
ALLOWED = {
    (S.RESERVED, Step.PAY): S.PAID,
    (S.RESERVED, Step.EXPIRE): S.EXPIRED,
    (S.RESERVED, Step.RELEASE): S.RELEASED,
    (S.EXPIRED, Step.PAY): S.LATE_PAID,
    (S.RELEASED, Step.PAY): S.LATE_PAID,
    (S.PAID, Step.FULFIL): S.FULFILLED,
    (S.PAID, Step.REQUEST_REFUND): S.REFUND_REQUESTED,
    (S.LATE_PAID, Step.REFUND): S.REFUNDED,
    (S.REFUND_REQUESTED, Step.REFUND): S.REFUNDED,
}


def claim(status: ClaimStatus = S.RESERVED) -> Claim:
    sale = campaign().flash_sale
    return replace(sale.claim(new_id(), new_id(), 2, NOW), status=status)


@pytest.mark.parametrize(("status", "step"), list(product(S, Step)))
def test_every_step_from_every_state(status: ClaimStatus, step: Step) -> None:
    before = claim(status)
    if (status, step) in ALLOWED:
        after = before.after(step)
        assert (after.status, after.version) == (ALLOWED[status, step], before.version + 1)
    else:
        with pytest.raises(ClaimStepRefused) as refused:
            before.after(step)
        assert refused.value.field == "claim_id"


@pytest.mark.parametrize(
    ("status", "becomes", "fate"),
    [
        (S.RESERVED, S.PAID, Fate.ACCEPTED),
        (S.EXPIRED, S.LATE_PAID, Fate.LATE),
        (S.RELEASED, S.LATE_PAID, Fate.LATE),
        *((s, s, Fate.DUPLICATE) for s in S if s not in (S.RESERVED, S.EXPIRED, S.RELEASED)),
    ],
)
def test_a_payment_has_a_fate_in_every_state(status: S, becomes: S, fate: Fate) -> None:
    after, decided = claim(status).pay("order-1", 9980, "CNY")
    assert (after.status, decided) == (becomes, fate)
    assert after.payment_reference == ("order-1" if becomes is not status else None)


@pytest.mark.parametrize(("amount", "currency"), [(9979, "CNY"), (9980, "USD"), (0, "CNY")])
def test_another_amount_changes_nothing_and_is_owed_back(amount: int, currency: str) -> None:
    before = claim()
    assert before.pay("order-1", amount, currency) == (before, Fate.MISMATCHED)
