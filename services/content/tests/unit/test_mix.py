"""Shares are met as closely as whole posts allow, and types are spread over the days."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from content.domain.content_type import ContentType
from content.domain.mix import deviations, largest_remainder, spread_over_days
from content.domain.policy import DEFAULT_TYPES, TypeRule


def test_a_week_of_three_posts_a_day() -> None:
    counts = largest_remainder(DEFAULT_TYPES, 21)
    assert counts == {
        ContentType.PRODUCT_KNOWLEDGE: 7,  # 6.30
        ContentType.PROMOTION: 5,  # 5.25
        ContentType.UGC: 4,  # 4.20
        ContentType.INDUSTRY_NEWS: 3,  # 3.15
        ContentType.FUN_INTERACTION: 2,  # 2.10
    }


shares = st.lists(st.integers(1, 100), min_size=5, max_size=5).map(
    lambda weights: {
        kind: TypeRule(weight / sum(weights), 600, 660)
        for kind, weight in zip(ContentType, weights, strict=True)
    }
)


@given(shares, st.integers(0, 310))
def test_counts_add_up_and_stay_within_one_of_the_share(
    rules: dict[ContentType, TypeRule], total: int
) -> None:
    counts = largest_remainder(rules, total)
    assert sum(counts.values()) == total
    assert all(abs(counts[kind] - rule.share * total) < 1 for kind, rule in rules.items())


@given(shares, st.integers(1, 31), st.integers(1, 10))
def test_every_post_gets_a_day(rules: dict[ContentType, TypeRule], days: int, per_day: int) -> None:
    counts = largest_remainder(rules, days * per_day)
    pattern = spread_over_days(counts, days, per_day)
    assert [len(types) for types in pattern] == [per_day] * days
    assert Counter(kind for types in pattern for kind in types) == Counter(counts)


def test_no_type_twice_a_day_while_others_wait() -> None:
    pattern = spread_over_days(largest_remainder(DEFAULT_TYPES, 21), 7, 3)
    assert all(len(set(types)) == 3 for types in pattern)


def test_deviation_is_shown() -> None:
    [first, *_] = deviations(DEFAULT_TYPES, [ContentType.PRODUCT_KNOWLEDGE, ContentType.UGC])
    assert (first.target_share, first.posts, first.actual_share) == (0.30, 1, 0.5)
