"""Conditions that hypothesis makes, as messages of the contract."""

from __future__ import annotations

from hypothesis import strategies as st

from quanzi.inbound.v1.activity_pb2 import ActivityKind
from quanzi.segmentation.v1 import segments_pb2 as pb

from .histories import MEMBERS, PURPOSES

TAGS = ("老客", "新客")
KINDS = sorted(number for number in ActivityKind.values() if number)
DAYS = (1, 7, 30, 31)


@st.composite
def _ranges(draw: st.DrawFn, values: tuple[int, ...]) -> pb.IntRange:
    low, high = sorted(draw(st.tuples(st.sampled_from(values), st.sampled_from(values))))
    match draw(st.sampled_from(("both", "min", "max"))):
        case "both":
            return pb.IntRange(min=low, max=high)
        case "min":
            return pb.IntRange(min=low)
        case _:
            return pb.IntRange(max=high)


@st.composite
def _tests(draw: st.DrawFn, group_ids: tuple[str, ...]) -> pb.Condition:
    """One test of each kind there is, with figures at which its outcome tips."""
    counts = _ranges((0, 1, 2, 3, 5))
    some_groups = st.lists(st.sampled_from(group_ids), min_size=1, max_size=2)
    profile = st.builds(
        pb.ProfileTest,
        field=st.just(pb.PROFILE_FIELD_EXTERNAL_REFERENCE),
        match=st.sampled_from((pb.TEXT_MATCH_EQUALS, pb.TEXT_MATCH_STARTS_WITH, pb.TEXT_MATCH_CONTAINS)),
        text=st.sampled_from((*MEMBERS, "n")),
    )
    rfm = st.builds(pb.RfmTest, dimension=st.integers(1, 3), score=_ranges((1, 2, 3, 4, 5)))
    orders = st.builds(
        pb.OrdersTest,
        measure=st.integers(1, 2),
        within_days=st.sampled_from((0, *DAYS)),
        value=_ranges((0, 1, 2, 20_000, 250_000, 500_000)),
    )
    activities = st.builds(
        pb.ActivitiesTest,
        kinds=st.lists(st.sampled_from(KINDS), max_size=3),
        within_days=st.sampled_from(DAYS),
        group_id=st.sampled_from(("", *group_ids)),
        count=counts,
    )
    kinds = {
        "profile": profile,
        "tag": st.builds(pb.TagTest, name=st.sampled_from(TAGS)),
        "consent": st.builds(
            pb.ConsentTest, purpose=st.sampled_from((*PURPOSES, "membership")), state=st.integers(1, 3)
        ),
        "tier": st.builds(pb.TierTest, tiers=st.lists(st.integers(1, 5), min_size=1, max_size=3)),
        "rfm": rfm,
        "orders": orders,
        "activities": activities,
        "group": st.builds(pb.GroupTest, group_ids=some_groups),
        "seen": st.builds(pb.SeenTest, sight=st.integers(1, 2), days_ago=_ranges((0, 1, 7, 30, 60))),
    }
    kind = draw(st.sampled_from(sorted(kinds)))
    return pb.Condition(**{kind: draw(kinds[kind])})  # type: ignore[arg-type]


def conditions(group_ids: tuple[str, ...]) -> st.SearchStrategy[pb.Condition]:
    """Trees of tests."""

    def joined(inner: st.SearchStrategy[pb.Condition]) -> st.SearchStrategy[pb.Condition]:
        several = st.builds(pb.Conditions, conditions=st.lists(inner, min_size=1, max_size=3))
        return st.one_of(
            st.builds(lambda of: pb.Condition(all=of), several),
            st.builds(lambda of: pb.Condition(any=of), several),
            st.builds(lambda of: pb.Condition(**{"not": of}), inner),
        )

    return st.recursive(_tests(group_ids), joined, max_leaves=6)
