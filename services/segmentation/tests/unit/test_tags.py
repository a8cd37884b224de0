"""Tag rules: what they match, what they may say, and how right they are."""

from uuid import UUID

import pytest

from segmentation.adapters.keyword_matcher import KeywordMatcher
from segmentation.domain.conditions import ActivitiesTest, Condition, IntRange, Not, TagTest
from segmentation.domain.errors import InvalidCondition, InvalidTagRule
from segmentation.domain.tags import Keywords, TagAccuracy, TagRule, overall

from ..samples import NOW

A, B, C = (UUID(int=number) for number in (1, 2, 3))
SPOKE = ActivitiesTest((), 7, None, IntRange(min=1))


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("我家宝宝喝奶粉", {A}),
        ("奶粉和尿布", {A, B}),
        ("奶 粉", set()),
        ("ＳＰＦ５０+ 的防晒", {C}),
        ("spf50", {C}),
        ("", set()),
    ],
)
def test_all_rules_are_matched_at_once(text: str, rules: set[UUID]) -> None:
    """Width and case do not matter; words may lie within one another."""
    matcher = KeywordMatcher(
        [(A, Keywords(("奶粉", "宝宝", "奶"))), (B, Keywords(("尿布", "奶粉和"))), (C, Keywords(("SPF50",)))]
    )
    assert matcher.rules_hit(text) == rules | ({A} if "奶" in text else set())


@pytest.mark.parametrize(
    ("when", "refusal"),
    [
        (Keywords(("茶", "　")), InvalidTagRule),
        (Not(TagTest("老客")), InvalidTagRule),
        (ActivitiesTest((), 7, None, IntRange(min=2, max=1)), InvalidCondition),
    ],
)
def test_a_rule_that_cannot_work_is_refused(when: Keywords | Condition, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        TagRule(A, "常客", when, enabled=True, version=1, updated_at=NOW).check()


def test_a_rule_that_works_is_not() -> None:
    for when in (SPOKE, Keywords(("茶",))):
        TagRule(A, "常客", when, enabled=True, version=1, updated_at=NOW).check()


def test_accuracy_is_of_what_was_judged() -> None:
    one, other = TagAccuracy(A, "甲", 3, 1, 9), TagAccuracy(B, "乙", 0, 0, 2)
    assert (one.accuracy, other.accuracy) == (0.75, None)
    assert overall([one, other]) == TagAccuracy(None, "", 3, 1, 11)
    assert overall([]).accuracy is None
