"""Cohorts, funnel and league on small cases counted by hand."""

from datetime import date
from uuid import UUID

import pytest

from segmentation.application.follow_cohorts import follow_cohorts
from segmentation.application.ports import Transactions
from segmentation.application.rank_groups import rank_groups
from segmentation.application.update_indicator_policy import update_indicator_policy
from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.cohorts import Cohort
from segmentation.domain.funnel import FunnelCounts, FunnelOf
from segmentation.domain.indicator_policy import (
    DEFAULT_THRESHOLDS,
    IndicatorKind,
    IndicatorPolicy,
    Threshold,
)
from segmentation.domain.windows import Window

from ..samples import NOW, Brand
from .moments import SHANGHAI, deliver, did, moment, record, register

MONDAY, SUNDAY = date(2026, 2, 2), date(2026, 2, 8)


async def cohorts(
    within: Transactions, brand: Brand, groups: list[UUID], first: date, last: date, days: list[int]
) -> list[Cohort]:
    async with within(brand.tenant_id) as uow:
        return await follow_cohorts(uow, groups, first, last, days, NOW)


def cells(cohort: Cohort) -> list[tuple[int, int, int]]:
    return [(cell.day, cell.eligible, cell.retained) for cell in cohort.cells]


async def test_cohorts_of_a_week(in_transaction: Transactions, brand: Brand) -> None:
    """Five join; one leaves at once, one after a week, one comes back, one just before the day is over."""
    acts = [did(Kind.JOINED, name, "2026-02-03 10:00") for name in ("stays", "gone", "week", "back", "edge")]
    acts += [
        did(Kind.LEFT, "gone", "2026-02-03 11:00"),
        did(Kind.LEFT, "week", "2026-02-10 23:59"),
        did(Kind.LEFT, "back", "2026-02-05 10:00"),
        did(Kind.JOINED, "back", "2026-02-20 10:00"),
        did(Kind.LEFT, "edge", "2026-02-05 00:00"),
        did(Kind.JOINED, "late", "2026-02-27 10:00"),
        did(Kind.JOINED, "early", "2026-02-01 23:59"),
        did(Kind.MESSAGE, "implied", "2026-02-03 10:00"),
    ]
    await record(in_transaction, brand, acts)
    found = await cohorts(in_transaction, brand, [brand.group()], MONDAY, date(2026, 3, 2), [0, 1, 7, 17, 30])
    assert [it.week.isoformat() for it in found] == [
        "2026-02-02",
        "2026-02-09",
        "2026-02-16",
        "2026-02-23",
        "2026-03-02",
    ]
    first, _, rejoined, last, _ = found
    assert first.joined == 5
    # Day 1 ends as the 5th begins, when "edge" is there still; day 7 ends on the 10th, after "week" has left.
    assert cells(first) == [(0, 5, 4), (1, 5, 4), (7, 5, 1), (17, 5, 2), (30, 0, 0)]
    assert (rejoined.joined, cells(rejoined)[2]) == (1, (7, 1, 1))
    assert cells(last) == [(0, 1, 1), (1, 1, 1), (7, 0, 0), (17, 0, 0), (30, 0, 0)]
    assert first.cells[4].rate is None


async def test_whole_weeks_count_and_no_groups_mean_all(in_transaction: Transactions, brand: Brand) -> None:
    await register(in_transaction, brand, "tea", "wine")
    acts = [
        did(Kind.JOINED, "li", "2026-02-02 00:00"),
        did(Kind.JOINED, "li", "2026-02-08 23:59", group="wine"),
    ]
    await record(in_transaction, brand, acts)
    midweek = date(2026, 2, 4)
    [all_groups] = await cohorts(in_transaction, brand, [], midweek, midweek, [1])
    [tea] = await cohorts(in_transaction, brand, [brand.group()], midweek, midweek, [])
    assert (all_groups.joined, tea.joined, len(tea.cells)) == (2, 1, 7)
    assert not await cohorts(in_transaction, brand, [], date(2027, 1, 1), date(2027, 2, 1), [])


async def test_joining_twice_on_a_day_counts_once(in_transaction: Transactions, brand: Brand) -> None:
    acts = [
        did(Kind.JOINED, "li", "2026-02-03 10:00"),
        did(Kind.LEFT, "li", "2026-02-03 11:00"),
        did(Kind.JOINED, "li", "2026-02-03 12:00"),
        did(Kind.LEFT, "li", "2026-02-05 12:00"),
        did(Kind.JOINED, "li", "2026-02-06 12:00"),
    ]
    await record(in_transaction, brand, acts)
    [found] = await cohorts(in_transaction, brand, [brand.group()], MONDAY, SUNDAY, [0, 1, 2, 3])
    assert (found.joined, cells(found)) == (2, [(0, 2, 2), (1, 2, 2), (2, 2, 1), (3, 2, 2)])


@pytest.fixture
async def story(in_transaction: Transactions, brand: Brand) -> Brand:
    """Six in tea see post A, two in wine see post B; some click, some order; one clicks unreached."""
    await register(in_transaction, brand, "tea", "wine")
    tea = ("a", "b", "c", "d", "e", "f")
    acts = [did(Kind.JOINED, name, "2026-02-01 10:00") for name in tea]
    acts += [did(Kind.JOINED, name, "2026-02-01 10:00", group="wine") for name in ("f", "g")]
    acts += [did(Kind.LEFT, "e", "2026-02-02 09:00"), did(Kind.JOINED, "late", "2026-02-02 11:00")]
    await record(in_transaction, brand, acts)
    await deliver(in_transaction, brand, "A", "2026-02-02 10:00")
    await deliver(in_transaction, brand, "B", "2026-02-03 10:00", group="wine")
    clicks = [did(Kind.CLICK, name, "2026-02-02 12:00") for name in ("a", "b", "late")]
    await record(in_transaction, brand, clicks, post="A", campaign="sale")
    await record(in_transaction, brand, [did(Kind.CLICK, "c", "2026-02-02 12:00")], campaign="raffle")
    await record(in_transaction, brand, [did(Kind.CLICK, "g", "2026-02-03 12:00", group="wine")], post="B")
    await record(in_transaction, brand, [did(Kind.ORDER_PAID, "a", "2026-02-04 12:00", order="1")], post="A")
    await record(in_transaction, brand, [did(Kind.ORDER_PAID, "b", "2026-02-04 12:00", order="2")], post="B")
    plain = [("c", "3", "tea"), ("d", "4", "tea"), ("g", "5", "wine")]
    orders = [did(Kind.ORDER_PAID, it, "2026-02-04 12:00", order=no, group=group) for it, no, group in plain]
    await record(in_transaction, brand, orders)
    return brand


@pytest.mark.parametrize(
    ("groups", "post", "campaign", "expected"),
    [
        # a, b, c, d, f in tea; f, g in wine: f once. Clicked: a, b, c, g. Of these ordered: all.
        ([], None, None, (6, 4, 4)),
        (["tea"], None, None, (5, 3, 3)),
        (["wine"], None, None, (2, 1, 1)),
        # b's order names another post; c and d did not click this one.
        ([], "A", None, (5, 2, 1)),
        ([], "B", None, (2, 1, 1)),
        ([], None, "sale", (6, 2, 2)),
        (["tea"], "A", "raffle", (5, 0, 0)),
        ([], "unknown", None, (0, 0, 0)),
    ],
)
async def test_funnel(
    in_transaction: Transactions,
    story: Brand,
    groups: list[str],
    post: str | None,
    campaign: str | None,
    expected: tuple[int, int, int],
) -> None:
    of = FunnelOf(*(story.activity(it) if it else None for it in (post, campaign)))
    window = Window.of(MONDAY, SUNDAY, SHANGHAI)
    async with in_transaction(story.tenant_id) as uow:
        found = await uow.measurements.funnel([story.group(it) for it in groups], window, of)
        later = await uow.measurements.funnel([], Window.of(SUNDAY, SUNDAY, SHANGHAI), of)
    assert found == expected
    assert later == FunnelCounts()


async def test_league(in_transaction: Transactions, brand: Brand) -> None:
    """Messages per day, unknown below a sample of five days of presence: `empty` has none."""
    names = ("tea", "wine", "bread", "empty")
    await register(in_transaction, brand, *names)
    now = {"tea": 4, "wine": 4, "bread": 1}
    before = {"tea": 1, "wine": 0, "bread": 3}
    acts = [
        did(Kind.MESSAGE, f"in-{group}", f"{day} 10:{minute:02}", group=group)
        for day, counts in (("2026-02-05", now), ("2026-01-28", before))
        for group, count in counts.items()
        for minute in range(count)
    ]
    acts += [did(Kind.JOINED, f"in-{group}", "2026-01-01 10:00", group=group) for group in names[:2]]
    await record(in_transaction, brand, acts)

    async def ranked(kind: IndicatorKind, *, worst_first: bool = False) -> list[tuple[str, int, int | None]]:
        async with in_transaction(brand.tenant_id) as uow:
            rows = await rank_groups(uow, kind, MONDAY, SUNDAY, NOW, worst_first=worst_first)
        found = {brand.group(name): name for name in names}
        return [(found[row.group_id], row.rank, row.previous_rank) for row in rows]

    by_messages = await ranked(IndicatorKind.MESSAGES_PER_DAY)
    assert set(by_messages[:2]) == {("tea", 1, 2), ("wine", 1, 3)}
    assert by_messages[2:] == [("bread", 3, 1), ("empty", 4, 3)]
    worst = await ranked(IndicatorKind.MESSAGES_PER_DAY, worst_first=True)
    assert [name for name, *_ in worst[:2]] == ["empty", "bread"]

    # wine was present 7 days before, tea as well; bread only from 28 January to 1 February: too few to say.
    by_interactions = await ranked(IndicatorKind.INTERACTIONS_PER_MEMBER_DAY)
    assert {(name, rank) for name, rank, _ in by_interactions} == {
        ("tea", 1),
        ("wine", 1),
        ("bread", 3),
        ("empty", 4),
    }
    assert {name: previous for name, _, previous in by_interactions} == {
        "tea": 1,
        "wine": 2,
        "bread": None,
        "empty": None,
    }


async def test_the_thresholds_of_a_group_are_its_own(in_transaction: Transactions, brand: Brand) -> None:
    await register(in_transaction, brand, "tea", "wine")
    strict = {**DEFAULT_THRESHOLDS, IndicatorKind.MESSAGES_PER_DAY: Threshold(0, minimum_sample=8)}
    async with in_transaction(brand.tenant_id) as uow:
        policy = IndicatorPolicy(thresholds=strict, group_id=brand.group("wine"))
        await update_indicator_policy(uow, policy, 0, NOW)
        rows = await rank_groups(
            uow, IndicatorKind.MESSAGES_PER_DAY, MONDAY, SUNDAY, moment("2026-03-01 00:00")
        )
    found = {row.group_id: row.indicator.value for row in rows}
    assert found == {brand.group("tea"): 0, brand.group("wine"): None}
