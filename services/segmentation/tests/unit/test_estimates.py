"""What some tell of all: near enough, as often as is said."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.domain.estimates import Estimate, estimate


@given(met=st.integers(0, 50), more=st.integers(0, 50))
def test_who_has_seen_all_knows(met: int, more: int) -> None:
    assert estimate(met, met + more, met + more) == Estimate(met, 0)


@given(looked_at=st.integers(1, 10_000), more=st.integers(1, 10_000), data=st.data())
def test_an_estimate_is_in_proportion_and_never_certain(
    looked_at: int, more: int, data: st.DataObject
) -> None:
    met, of = data.draw(st.integers(0, looked_at)), looked_at + more
    number, margin = estimate(met, looked_at, of)
    assert abs(number - met / looked_at * of) <= 0.5
    assert margin >= 1


def test_nothing_looked_at_tells_nothing() -> None:
    """As far as can be: half of them, give or take a half, and said of none."""
    assert estimate(0, 0, 1_000) == Estimate(0, 1_000)


@pytest.mark.parametrize("share", [0.001, 0.02, 0.3, 0.9])
def test_about_95_of_100_estimates_are_within_their_margin(share: float) -> None:
    chance = random.Random(int(1_000 * share))
    of, looked_at, tries = 20_000, 2_000, 1_000
    truth = round(share * of)
    right = 0
    for _ in range(tries):
        met = sum(member < truth for member in chance.sample(range(of), looked_at))
        number, margin = estimate(met, looked_at, of)
        right += abs(number - truth) <= margin
    assert right / tries >= 0.93
