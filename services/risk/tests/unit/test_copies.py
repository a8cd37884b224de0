"""Copy and paste across groups, by the time of the messages."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.domain.copies import CopyLimits, Posting, find_copies, fingerprint

from ..samples import NOW

LIMITS = CopyLimits(groups=3, members=4, window=timedelta(minutes=10))
MINUTE = timedelta(minutes=1)


def posting(number: int, member: int, group: int, minute: float = 0) -> Posting:
    return Posting(UUID(int=number), UUID(int=member), UUID(int=group), NOW + minute * MINUTE)


def rules(*postings: Posting, decided: int = 0) -> dict[int, str]:
    found = find_copies(postings[:decided], postings[decided:], LIMITS)
    return {activity_id.int: rule.value for activity_id, rule in found.items()}


def test_the_third_group_of_one_member_makes_it_a_copy() -> None:
    assert rules(*(posting(n, 1, n, n) for n in range(4))) == {
        2: "copied_across_groups",
        3: "copied_across_groups",
    }


def test_the_same_group_again_is_no_other_group() -> None:
    assert rules(*(posting(n, 1, 1, n) for n in range(9))) == {}


def test_the_fourth_member_makes_it_a_copy() -> None:
    assert rules(*(posting(n, n, 1, n) for n in range(4))) == {3: "copied_by_members"}


@pytest.mark.parametrize(("minutes", "copies"), [(4.9, 1), (5, 0)])
def test_the_window_is_half_open(minutes: float, copies: int) -> None:
    assert len(rules(*(posting(n, 1, n, n * minutes) for n in range(3)))) == copies


def test_what_was_decided_counts_and_stays() -> None:
    assert rules(*(posting(n, 1, n) for n in range(4)), decided=3) == {3: "copied_across_groups"}


def test_a_late_message_is_judged_by_those_before_it() -> None:
    assert rules(posting(1, 1, 1, 5), posting(2, 1, 2, 6), posting(3, 1, 3, 0), decided=2) == {}


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 20)), min_size=1, max_size=25))
def test_as_counted_one_by_one(entries: list[tuple[int, int, int]]) -> None:
    postings = [posting(n, *entry) for n, entry in enumerate(entries)]
    expected = set()
    for it in postings:
        order = (it.occurred_at, it.activity_id)
        since = it.occurred_at - LIMITS.window
        recent = [p for p in postings if (p.occurred_at, p.activity_id) <= order and p.occurred_at > since]
        groups = {p.group_id for p in recent if p.member_id == it.member_id}
        if len(groups) >= LIMITS.groups or len({p.member_id for p in recent}) >= LIMITS.members:
            expected.add(it.activity_id.int)
    assert rules(*postings).keys() == expected


def test_short_texts_have_no_fingerprint() -> None:
    assert fingerprint("收到谢谢") is None
    assert fingerprint("限时特价进群领取名额有限") == fingerprint("限时特价进群领取名额有限")
    assert fingerprint("限时特价进群领取名额有限") != fingerprint("限时特价进群领取名额无限")
