from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.domain.errors import InvalidPolicy
from segmentation.domain.policy import DEFAULT_PRECEDENCE, RfmCuts, Tier, TierPolicy, TierTarget
from segmentation.domain.tiers import MemberFigures, Payment, TierDecision, decide, distribution

from ..samples import NOW, days

POLICY = TierPolicy()
TICK = timedelta(microseconds=1)


def member(
    *interactions: float, joined: float = 100, paid: tuple[tuple[float, int], ...] = (), orders: int = 0
) -> MemberFigures:
    """All times in days before NOW, interactions newest first."""
    return MemberFigures(
        member_id=UUID(int=1),
        joined_at=NOW - days(joined),
        interactions=[NOW - days(ago) for ago in interactions],
        payments=[Payment(NOW - days(ago), amount) for ago, amount in paid],
        paid_orders=orders or len(paid),
    )


@pytest.mark.parametrize(
    ("figures", "tier", "due_in"),
    [
        (member(paid=((10, 500_000),)), Tier.VIP, 20),
        (member(paid=((10, 200_000), (2, 400_000), (20, 100_000))), Tier.VIP, 20),
        (member(1, 2, 3, paid=((1, 499_999),)), Tier.ACTIVE, 4),
        (member(0.5, 1, 2, 3), Tier.ACTIVE, 5),
        (member(joined=29), Tier.PROSPECT, 1),
        (member(10, joined=29), Tier.PROSPECT, 20),
        (member(10), Tier.PROSPECT, 20),
        (member(30), Tier.DORMANT, None),
        (member(joined=30), Tier.DORMANT, None),
        (member(orders=1, joined=1), Tier.DORMANT, None),
        (member(10, 20, orders=1), Tier.REGULAR, 20),
    ],
)
def test_first_rule_that_matches(figures: MemberFigures, tier: Tier, due_in: float | None) -> None:
    decision = decide(figures, POLICY, NOW)
    assert decision.tier is tier
    assert decision.due_at == (None if due_in is None else NOW + days(due_in))


def test_the_reason_names_the_rule_and_its_figures() -> None:
    reason = decide(member(1, 8, paid=((3, 600_000),), joined=12.5), POLICY, NOW).reason
    assert reason.rule == "net_spend_30d >= 500000"
    assert (reason.net_spend_minor, reason.interactions_7d, reason.interactions_30d) == (600_000, 1, 2)
    assert (reason.paid_orders, reason.days_since_joined, reason.policy_version) == (1, 12, 0)


AGO = st.floats(0, 60, allow_nan=False)
FIGURES = st.builds(
    lambda interactions, payments, joined, earlier: member(
        *sorted(interactions), joined=joined, paid=tuple(payments), orders=len(payments) + earlier
    ),
    st.lists(AGO, max_size=6),
    st.lists(st.tuples(AGO, st.integers(1, 600_000)), max_size=4),
    AGO,
    st.integers(0, 1),
)


@given(FIGURES, st.permutations(DEFAULT_PRECEDENCE))
def test_nothing_changes_before_it_is_due_and_something_does_then(
    figures: MemberFigures, precedence: list[Tier]
) -> None:
    policy = replace(POLICY, precedence=tuple(precedence))

    def at(moment: datetime) -> TierDecision:
        return decide(figures, policy, moment)

    decision = at(NOW)
    if decision.due_at is None:
        assert at(NOW + days(10_000)).tier is decision.tier
    else:
        assert decision.due_at > NOW
        assert at(decision.due_at - TICK).tier is decision.tier
        assert at(decision.due_at).tier is not decision.tier


def test_distribution_marks_what_is_out_of_band() -> None:
    shares = {it.tier: it for it in distribution({Tier.VIP: 1, Tier.DORMANT: 9}, POLICY.targets)}
    assert (shares[Tier.VIP].share, shares[Tier.VIP].out_of_band) == (0.1, False)
    assert (shares[Tier.DORMANT].share, shares[Tier.DORMANT].out_of_band) == (0.9, True)
    assert shares[Tier.REGULAR].target is None
    assert not any(it.out_of_band for it in distribution({}, POLICY.targets))


@pytest.mark.parametrize(
    ("figures", "first", "tier", "due_in"),
    [
        (member(1, 2, 3, paid=((1, 500_000),)), Tier.ACTIVE, Tier.ACTIVE, 4),
        (member(paid=((10, 500_000),)), Tier.DORMANT, Tier.DORMANT, None),
        (member(25, paid=((10, 500_000),)), Tier.DORMANT, Tier.VIP, 5),
        (member(25, joined=1), Tier.DORMANT, Tier.PROSPECT, 5),
        (member(1, 2, 3), Tier.PROSPECT, Tier.PROSPECT, 29),
    ],
)
def test_the_order_of_the_policy_decides(
    figures: MemberFigures, first: Tier, tier: Tier, due_in: float | None
) -> None:
    rest = tuple(it for it in DEFAULT_PRECEDENCE if it is not first)
    decision = decide(figures, replace(POLICY, precedence=(first, *rest)), NOW)
    assert decision.tier is tier
    assert decision.due_at == (None if due_in is None else NOW + days(due_in))


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("policy.recency_cut_days", {"cuts": RfmCuts(recency_days=(30, 60, 90, 180))}),
        ("policy.frequency_cuts", {"cuts": RfmCuts(frequency=(3, 2, 5, 10))}),
        ("active_window_days", {"active_window_days": 31}),
        ("targets", {"targets": (TierTarget(Tier.VIP, 0.5, 0.4),)}),
        ("targets", {"targets": (TierTarget(Tier.VIP, 0.1, 0.4),) * 2}),
        ("policy.precedence", {"precedence": (Tier.VIP, Tier.ACTIVE, Tier.PROSPECT)}),
        ("policy.precedence", {"precedence": (*DEFAULT_PRECEDENCE, Tier.REGULAR)}),
    ],
)
def test_a_policy_that_cannot_be_applied_is_refused(field: str, change: dict[str, object]) -> None:
    with pytest.raises(InvalidPolicy) as refusal:
        TierPolicy(**change)  # type: ignore[arg-type]
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("change", "lasting"),
    [
        ({}, {Tier.VIP, Tier.ACTIVE}),
        ({"vip_net_spend_minor": 1}, {Tier.VIP, Tier.ACTIVE}),
        ({"vip_net_spend_minor": 500_001}, {Tier.ACTIVE}),
        ({"vip_window_days": 29}, {Tier.ACTIVE}),
        ({"active_interactions": 4}, {Tier.VIP}),
        ({"active_window_days": 8}, {Tier.VIP, Tier.ACTIVE}),
        ({"dormant_after_days": 29}, set()),
        ({"precedence": (Tier.ACTIVE, Tier.VIP, Tier.PROSPECT, Tier.DORMANT)}, set()),
    ],
)
def test_a_tier_lasts_as_long_as_it_did_unless_its_rule_got_stricter(
    change: dict[str, Any], lasting: set[Tier]
) -> None:
    before = TierPolicy()

    assert replace(before, **change).lasting_since(before) == lasting
