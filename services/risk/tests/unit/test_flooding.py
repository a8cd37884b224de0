from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from chassis.ids import new_id
from risk.domain.flooding import Flood, Occurrence, find_floods

from ..samples import NOW

LIMIT, WINDOW = 3, timedelta(seconds=10)


def at(*seconds: float) -> list[Occurrence]:
    return [Occurrence(new_id(), NOW + timedelta(seconds=second)) for second in seconds]


def ids(floods: list[Flood]) -> list[UUID]:
    return [flood.activity_id for flood in floods]


def test_the_limit_itself_is_no_flood_and_one_more_is() -> None:
    fresh = at(0, 1, 2, 3)
    assert find_floods([], fresh[:3], LIMIT, WINDOW) == []
    assert find_floods([], fresh, LIMIT, WINDOW) == [Flood(fresh[3].activity_id, opens=True)]


def test_what_was_decided_before_counts() -> None:
    earlier, fresh = at(0, 1, 2), at(3)
    assert ids(find_floods(earlier, fresh, LIMIT, WINDOW)) == [fresh[0].activity_id]


def test_a_message_that_comes_late_is_judged_by_its_own_time() -> None:
    assert find_floods(at(5, 6, 7), at(1), LIMIT, WINDOW) == []


def test_the_window_slides() -> None:
    assert find_floods([], at(0, 4, 8, 12, 16, 20), LIMIT, WINDOW) == []


def test_a_flood_opens_once_and_again_after_a_quiet_window() -> None:
    fresh = at(0, 1, 2, 3, 4, 5, 30, 31, 32, 33)
    floods = find_floods([], fresh, LIMIT, WINDOW)
    assert [flood.opens for flood in floods] == [True, False, False, True]


def test_a_flood_goes_on_across_batches() -> None:
    earlier = [*at(0, 1, 2), Occurrence(new_id(), NOW + timedelta(seconds=3), flooding=True)]
    assert [flood.opens for flood in find_floods(earlier, at(4), LIMIT, WINDOW)] == [False]


def test_a_part_of_a_flood_that_comes_late_belongs_to_it() -> None:
    earlier = [*at(0, 1, 2), Occurrence(new_id(), NOW + timedelta(seconds=4), flooding=True)]
    assert [flood.opens for flood in find_floods(earlier, at(3), LIMIT, WINDOW)] == [False]


@given(st.lists(st.integers(0, 120), max_size=60), st.integers(0, 60))
def test_in_order_it_makes_no_difference_where_batches_are_cut(seconds: list[int], cut: int) -> None:
    timeline = at(*sorted(seconds))
    whole = find_floods([], timeline, LIMIT, WINDOW)
    first = find_floods([], timeline[:cut], LIMIT, WINDOW)
    flooding = set(ids(first))
    decided = [Occurrence(o.activity_id, o.occurred_at, o.activity_id in flooding) for o in timeline[:cut]]
    assert first + find_floods(decided, timeline[cut:], LIMIT, WINDOW) == whole
