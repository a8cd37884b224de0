from dataclasses import replace
from datetime import date
from uuid import UUID

from segmentation.domain.cohorts import CohortCount, table
from segmentation.domain.funnel import FunnelCounts, FunnelStepKind, steps
from segmentation.domain.indicator_policy import IndicatorKind
from segmentation.domain.indicators import Indicator, IndicatorStatus
from segmentation.domain.league import league

PLAIN = Indicator(IndicatorKind.CLICK_RATE, 1, 10, 0.1, 0.25, IndicatorStatus.UNHEALTHY)
MONDAY, NEXT_MONDAY = date(2026, 3, 2), date(2026, 3, 9)


def groups(*values: tuple[float | None, float | None]) -> dict[UUID, Indicator]:
    """Value and previous value; groups are numbered from 1."""
    return {
        UUID(int=number): replace(PLAIN, value=value, previous_value=previous)
        for number, (value, previous) in enumerate(values, start=1)
    }


def test_equals_share_a_rank_and_the_unknown_come_last() -> None:
    found = league(groups((0.2, 0.1), (None, 0.3), (0.5, None), (0.2, 0.3), (None, None), (0.1, 0.2)))
    assert [(row.group_id.int, row.rank, row.previous_rank) for row in found] == [
        (3, 1, None),
        (1, 2, 4),
        (4, 2, 1),
        (6, 4, 3),
        (2, 5, 1),
        (5, 5, None),
    ]


def test_the_worst_first_keeps_the_ranks() -> None:
    found = league(groups((0.2, None), (None, None), (0.5, None), (0.2, None)), worst_first=True)
    assert [(row.group_id.int, row.rank) for row in found] == [(1, 2), (4, 2), (3, 1), (2, 4)]


def test_every_week_and_day_has_its_cell() -> None:
    counts = [CohortCount(MONDAY, 7, 3, 2, 1), CohortCount(MONDAY, 1, 3, 3, 3)]
    first, second = table([MONDAY, NEXT_MONDAY], [7, 1], counts)
    assert (first.week, first.joined, second.week, second.joined) == (MONDAY, 3, NEXT_MONDAY, 0)
    assert [(cell.day, cell.eligible, cell.retained, cell.rate) for cell in first.cells] == [
        (1, 3, 3, 1.0),
        (7, 2, 1, 0.5),
    ]
    assert [(cell.day, cell.eligible, cell.rate) for cell in second.cells] == [(1, 0, None), (7, 0, None)]


def test_a_funnel_has_shares_where_there_is_somebody() -> None:
    reached, clicked, ordered = steps(FunnelCounts(8, 2, 1))
    assert (reached.of_previous, reached.of_first) == (None, 1.0)
    assert (clicked.of_previous, clicked.of_first) == (0.25, 0.25)
    assert (ordered.of_previous, ordered.of_first) == (0.5, 0.125)
    assert [step.kind for step in steps(FunnelCounts())] == list(FunnelStepKind)
    assert {step.of_first for step in steps(FunnelCounts())} == {None}
    assert steps(FunnelCounts(8, 0, 0))[2].of_previous is None
