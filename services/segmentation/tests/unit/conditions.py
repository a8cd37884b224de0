"""Conditions and histories to try them on."""

from datetime import timedelta
from uuid import UUID

from hypothesis import strategies as st

from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.conditions import (
    ActivitiesTest,
    AllOf,
    AnyOf,
    Condition,
    ConsentTest,
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
)
from segmentation.domain.consents import ConsentState
from segmentation.domain.policy import Tier

from ..samples import Act, Brand
from .fakes import Memory

NAMES = ("li", "wang", "zhao")
WINDOWS = (1, 2, 7, 30)

ranges = st.one_of(
    st.builds(IntRange, min=st.integers(0, 5)),
    st.builds(IntRange, max=st.integers(0, 5)),
    st.builds(lambda low, more: IntRange(low, low + more), st.integers(0, 4), st.integers(0, 3)),
)
scores = st.builds(
    lambda ends: IntRange(min(ends), max(ends)), st.tuples(st.integers(1, 5), st.integers(1, 5))
)


def leaves_of(brand: Brand) -> st.SearchStrategy[Condition]:
    groups = st.sampled_from([brand.group(name) for name in ("tea", "silk", "nowhere")])
    kinds = st.lists(st.sampled_from([Kind.MESSAGE, Kind.CLICK, Kind.ORDER_PAID, Kind.JOINED]), max_size=2)
    return st.one_of(
        st.builds(
            ProfileTest,
            st.sampled_from(ProfileField),
            st.sampled_from(TextMatch),
            st.sampled_from(["li", "l", "%", "李", "i"]),
        ),
        st.builds(TagTest, st.sampled_from(["vip", "tea's", "none"])),
        st.builds(
            ConsentTest, st.sampled_from(["marketing", "profiling", "none"]), st.sampled_from(ConsentState)
        ),
        st.builds(TierTest, st.lists(st.sampled_from(Tier), min_size=1, max_size=3).map(tuple)),
        st.builds(RfmTest, st.sampled_from(RfmDimension), scores),
        st.builds(OrdersTest, st.sampled_from(OrderMeasure), st.sampled_from((0, *WINDOWS)), ranges),
        st.builds(ActivitiesTest, kinds.map(tuple), st.sampled_from(WINDOWS), st.none() | groups, ranges),
        st.builds(GroupTest, st.lists(groups, min_size=1, max_size=2).map(tuple)),
        st.builds(SeenTest, st.sampled_from(Sight), ranges),
    )


def conditions_of(brand: Brand) -> st.SearchStrategy[Condition]:
    return st.recursive(
        leaves_of(brand),
        lambda inner: st.one_of(
            st.builds(AllOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
            st.builds(AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
            st.builds(Not, inner),
        ),
        max_leaves=6,
    )


# Around whole days, and up to two days in the future.
agos = st.builds(
    lambda whole, beside: timedelta(days=whole, microseconds=beside),
    st.integers(-2, 32),
    st.sampled_from([-1, 0, 1, 3_600_000_000]),
)
acts = st.one_of(
    st.builds(
        Act,
        st.sampled_from([Kind.MESSAGE, Kind.CLICK, Kind.JOINED, Kind.LEFT]),
        st.sampled_from(NAMES),
        agos,
        st.sampled_from(["tea", "silk"]),
        name=st.sampled_from(["", "李", "li"]),
    ),
    # An order is one member's.
    st.builds(
        lambda kind, name, ago, order, amount: Act(kind, name, ago, "tea", f"{name}-{order}", amount),
        st.sampled_from([Kind.ORDER_PAID, Kind.ORDER_PAID, Kind.ORDER_REFUNDED]),
        st.sampled_from(NAMES),
        agos,
        st.integers(1, 4),
        st.sampled_from([1, 3, 5, 12]),
    ),
)


def history_of(memory: Memory, member_id: UUID) -> MemberHistory:
    """Without name, tier, tags and consents."""
    rows = memory.of_member(member_id)
    return MemberHistory(
        external_reference="",
        display_name="",
        first_seen_at=min(row.occurred_at for row in rows),
        last_seen_at=max(row.occurred_at for row in rows),
        group_ids=[
            group for group, found in memory.stays(member_id).items() if found and not found[-1].left_at
        ],
        payments=memory.payments(member_id),
        activities=[Done(row.kind, row.occurred_at, row.group_id) for row in rows],
    )
