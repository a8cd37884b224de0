from datetime import timedelta

import pytest
from hypothesis import given

from quanzi.segmentation.v1 import segments_pb2
from segmentation.adapters.condition_json import read_condition, write_condition
from segmentation.domain import conditions
from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.conditions import (
    MAX_LEVELS,
    MAX_NODES,
    ActivitiesTest,
    AllOf,
    AnyOf,
    Condition,
    Done,
    GroupTest,
    IntRange,
    MemberHistory,
    Not,
    OrderMeasure,
    OrdersTest,
    ProfileField,
    ProfileTest,
    RfmDimension,
    RfmTest,
    SeenTest,
    Sight,
    TagTest,
    TextMatch,
    TierTest,
    check,
    depends_on_policy,
    holds,
)
from segmentation.domain.errors import InvalidCondition
from segmentation.domain.policy import Tier, TierPolicy
from segmentation.domain.tiers import Payment
from segmentation.entrypoints.conditions_wire import condition_from_wire, condition_to_wire

from ..samples import NOW, Brand, days
from .conditions import conditions_of

TEA, SILK = (Brand().group(name) for name in ("tea", "silk"))
INSTANT = timedelta(microseconds=1)
LI = MemberHistory(
    external_reference="wx-li",
    display_name="李小花",
    first_seen_at=NOW - days(40),
    last_seen_at=NOW - days(2) - INSTANT,
    tier=Tier.ACTIVE,
    tags={"vip"},
    group_ids={TEA},
    payments=[Payment(NOW - days(10), 30_000), Payment(NOW - days(30), 100_000)],
    activities=[
        Done(Kind.MESSAGE, NOW - days(7), TEA),
        Done(Kind.CLICK, NOW - days(7) + INSTANT, SILK),
        Done(Kind.ORDER_PAID, NOW - days(1), TEA),
        Done(Kind.MESSAGE, NOW + INSTANT, TEA),
    ],
)
YES, NO = TagTest("vip"), TagTest("none")
COUNT, SPEND = OrderMeasure.COUNT, OrderMeasure.NET_SPEND_MINOR


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (AllOf((YES, NO)), False),
        (AnyOf((YES, NO)), True),
        (Not(NO), True),
        (ProfileTest(ProfileField.DISPLAY_NAME, TextMatch.STARTS_WITH, "李"), True),
        (ProfileTest(ProfileField.DISPLAY_NAME, TextMatch.EQUALS, "李"), False),
        (ProfileTest(ProfileField.EXTERNAL_REFERENCE, TextMatch.CONTAINS, "-l"), True),
        (ProfileTest(ProfileField.EXTERNAL_REFERENCE, TextMatch.CONTAINS, "-L"), False),
        (TierTest((Tier.VIP, Tier.ACTIVE)), True),
        (TierTest((Tier.VIP,)), False),
        (GroupTest((SILK, TEA)), True),
        (GroupTest((SILK,)), False),
        (SeenTest(Sight.FIRST, IntRange(40, 40)), True),
        (SeenTest(Sight.LAST, IntRange(2, 2)), True),
        (SeenTest(Sight.LAST, IntRange(max=1)), False),
        (ActivitiesTest((), 7, None, IntRange(1, 1)), True),
        (ActivitiesTest((), 7, TEA, IntRange(max=0)), True),
        (ActivitiesTest((), 8, None, IntRange(2, 2)), True),
        (ActivitiesTest((Kind.ORDER_PAID,), 1, None, IntRange(min=1)), False),
        (OrdersTest(COUNT, 30, IntRange(1, 1)), True),
        (OrdersTest(COUNT, 0, IntRange(2, 2)), True),
        (OrdersTest(SPEND, 31, IntRange(130_000, 130_000)), True),
        (RfmTest(RfmDimension.RECENCY, IntRange(5, 5)), True),
        (RfmTest(RfmDimension.FREQUENCY, IntRange(2, 2)), True),
        (RfmTest(RfmDimension.MONETARY, IntRange(4, 5)), True),
    ],
)
def test_what_a_test_means(condition: Condition, expected: bool) -> None:
    assert holds(condition, LI, TierPolicy(), NOW) is expected


def _deep(levels: int) -> Condition:
    return YES if levels == 1 else Not(_deep(levels - 1))


@pytest.mark.parametrize(
    ("condition", "field"),
    [
        (
            AllOf((YES, NO, OrdersTest(COUNT, 30, IntRange(3, 2)))),
            "condition.all.conditions[2].orders.value",
        ),
        (
            Not(AnyOf((ActivitiesTest((), 7, None, IntRange()),))),
            "condition.not.any.conditions[0].activities.count",
        ),
        (SeenTest(Sight.LAST, IntRange(max=40_000)), "condition.seen.days_ago"),
        (RfmTest(RfmDimension.RECENCY, IntRange(min=6)), "condition.rfm.score"),
        (OrdersTest(SPEND, 0, IntRange(min=-1)), "condition.orders.value"),
        (_deep(MAX_LEVELS + 1), "condition" + ".not" * MAX_LEVELS),
        (
            AllOf((AllOf((YES,) * 20), AllOf((YES,) * 20), AllOf((YES,) * 7))),
            "condition.all.conditions[2].all.conditions[6]",
        ),
    ],
)
def test_what_says_nothing_or_too_much_is_refused_by_its_path(condition: Condition, field: str) -> None:
    with pytest.raises(InvalidCondition) as refusal:
        check(condition)
    assert refusal.value.field == field


def test_the_largest_are_accepted() -> None:
    check(_deep(MAX_LEVELS))
    check(AllOf((AllOf((YES,) * (MAX_NODES - 2)),)))


def test_only_tiers_and_scores_depend_on_the_policy() -> None:
    assert depends_on_policy(AnyOf((YES, Not(TierTest((Tier.VIP,))))))
    assert depends_on_policy(RfmTest(RfmDimension.RECENCY, IntRange(1)))
    assert not depends_on_policy(AllOf((YES, OrdersTest(COUNT, 0, IntRange(1)))))


@pytest.mark.parametrize("name", ["ProfileField", "TextMatch", "RfmDimension", "OrderMeasure", "Sight"])
def test_numbers_are_those_of_the_contract(name: str) -> None:
    wire = getattr(segments_pb2, name)
    prefix = wire.DESCRIPTOR.values_by_number[0].name.removesuffix("UNSPECIFIED")
    members = {f"{prefix}{it.name}": it.value for it in getattr(conditions, name)}
    assert members | {f"{prefix}UNSPECIFIED": 0} == dict(wire.items())


@given(conditions_of(Brand()))
def test_a_condition_comes_back_from_storage_and_from_the_wire(condition: Condition) -> None:
    assert read_condition(write_condition(condition)) == condition
    assert condition_from_wire(condition_to_wire(condition)) == condition
