"""Series, comparison and totals: many windows at once are the same as each alone."""

import asyncio
import random
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from chassis.database import Database
from chassis.testbed import tenants
from segmentation.application.follow_time_zone import follow_time_zone
from segmentation.application.measure_groups import measure_groups
from segmentation.application.measure_series import measure_series
from segmentation.application.measure_tenant import measure_tenant
from segmentation.application.ports import Transactions
from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.indicator_policy import IndicatorKind
from segmentation.domain.indicators import GroupIndicators
from segmentation.domain.windows import Grain, Window

from ..samples import NOW, Act, Brand, days
from .moments import deliver, did, moment, record, register

FIRST, LAST = date(2026, 1, 12), date(2026, 3, 2)
KINDS = [*([Kind.JOINED, Kind.LEFT] * 4), Kind.MESSAGE, Kind.CLICK, Kind.SHARE, Kind.INVITE, Kind.ORDER_PAID]


def ratios(measured: GroupIndicators) -> list[tuple[int, int]]:
    return [(it.numerator, it.denominator) for it in measured.indicators]


def messages(points: list[GroupIndicators]) -> dict[str, int]:
    """By first day, where there are any."""
    return {
        point.window.first.isoformat(): point.indicators[0].numerator
        for point in points
        if point.indicators[0].numerator
    }


@pytest.fixture
async def crowd(in_transaction: Transactions, brand: Brand) -> Brand:
    """Twenty come and go in three groups for two months, with some posts."""
    chance = random.Random(7)
    acts = [
        Act(
            kind := chance.choice(KINDS),
            f"m{chance.randrange(20)}",
            days(chance.uniform(0, 60)),
            chance.choice(("tea", "wine", "bread")),
            order=f"o-{number}" if kind is Kind.ORDER_PAID else None,
            invited_by=f"m{chance.randrange(20)}" if kind is Kind.JOINED and chance.random() < 0.5 else None,
        )
        for number in range(800)
    ]
    await register(in_transaction, brand, "tea", "wine", "bread")
    await record(in_transaction, brand, acts)
    for number in range(12):
        day = FIRST + timedelta(days=chance.randrange(50))
        await deliver(
            in_transaction, brand, f"p{number}", f"{day} 10:00", group=chance.choice(("tea", "wine"))
        )
    return brand


@pytest.mark.parametrize("grain", list(Grain))
async def test_a_series_is_each_window_alone(
    in_transaction: Transactions, crowd: Brand, grain: Grain
) -> None:
    groups = [crowd.group(name) for name in ("tea", "wine", "bread")]
    async with in_transaction(crowd.tenant_id) as uow:
        series = await measure_series(uow, groups, FIRST, LAST, grain, NOW)
        assert [point.group_id for point in series] == sorted(it.group_id or NOW for it in series)
        for point in series:
            window = point.window
            [alone] = await measure_groups(uow, [groups[0]], window.first, window.last, NOW)
            if point.group_id == groups[0]:
                assert point == alone


async def test_the_tenant_is_the_sum_of_its_groups(in_transaction: Transactions, crowd: Brand) -> None:
    groups = [crowd.group(name) for name in ("tea", "wine", "bread")]
    async with in_transaction(crowd.tenant_id) as uow:
        of_groups = await measure_groups(uow, groups, FIRST, LAST, NOW)
        count, of_tenant = await measure_tenant(uow, FIRST, LAST, NOW, compare=True)
        weeks = await measure_series(uow, [], FIRST, LAST, Grain.WEEK, NOW)
        of_weeks = [await measure_groups(uow, groups, it.window.first, it.window.last, NOW) for it in weeks]
    assert (count, of_tenant.group_id) == (3, None)
    assert ratios(of_tenant) == added(of_groups)
    assert [ratios(week) for week in weeks] == [added(of_week) for of_week in of_weeks]


@pytest.mark.parametrize("kind", list(IndicatorKind))
async def test_one_indicator_alone_is_what_it_is_among_all(
    in_transaction: Transactions, crowd: Brand, kind: IndicatorKind
) -> None:
    weeks = Window(FIRST, LAST, ZoneInfo("Asia/Shanghai")).points(Grain.WEEK)
    async with in_transaction(crowd.tenant_id) as uow:
        among_all = await uow.measurements.of_all_groups(weeks, NOW)
        alone = await uow.measurements.of_all_groups(weeks, NOW, kind)
    assert list(alone) == list(among_all)
    for group_id, counts in among_all.items():
        assert [it.ratio(kind) for it in alone[group_id]] == [it.ratio(kind) for it in counts]
        assert any(it.ratio(kind)[0] for it in counts)


def added(of_groups: list[GroupIndicators]) -> list[tuple[int, int]]:
    of_kinds = zip(*(ratios(it) for it in of_groups), strict=True)
    return [(sum(it[0] for it in of_kind), sum(it[1] for it in of_kind)) for of_kind in of_kinds]


async def test_comparison_is_with_as_many_days_just_before(
    in_transaction: Transactions, crowd: Brand
) -> None:
    """Of a week that is not over, the days that have begun are compared."""
    monday, sunday = date(2026, 2, 23), date(2026, 3, 1)
    now = moment("2026-02-25 12:00")
    async with in_transaction(crowd.tenant_id) as uow:
        [compared] = await measure_groups(uow, [crowd.group()], monday, sunday, now, compare=True)
        [before] = await measure_groups(uow, [crowd.group()], date(2026, 2, 20), date(2026, 2, 22), now)
        [plain] = await measure_groups(uow, [crowd.group()], monday, sunday, now)
    assert (compared.window.first, compared.window.last) == (monday, date(2026, 2, 25))
    assert [it.previous_value for it in compared.indicators] == [it.value for it in before.indicators]
    assert ratios(compared) == ratios(plain)


async def test_groups_and_windows_are_one_statement(
    in_transaction: Transactions, database: Database, crowd: Brand
) -> None:
    statements: list[str] = []

    def note(*args: Any) -> None:
        statements.append(args[2])

    engine = database._engine.sync_engine
    groups = [crowd.group(name) for name in ("tea", "wine", "bread")]
    event.listen(engine, "before_cursor_execute", note)
    try:
        async with in_transaction(crowd.tenant_id) as uow:
            await measure_series(uow, groups, date(2026, 2, 1), LAST, Grain.DAY, NOW)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len([it for it in statements if "daily_facts" in it]) == 1


@pytest.mark.parametrize(
    ("zone", "told", "expected"),
    [
        (
            "Asia/Shanghai",
            ["2026-02-28 00:00", "2026-02-28 23:59:59", "2026-03-01 00:00"],
            {"2026-02-28": 2, "2026-03-01": 1},
        ),
        (  # 8 March has 23 hours there, 1 November 25
            "America/New_York",
            ["2025-03-08 23:59", "2025-03-09 00:00", "2025-03-09 23:59", "2025-03-10 00:00"],
            {"2025-03-08": 1, "2025-03-09": 2, "2025-03-10": 1},
        ),
        (
            "America/New_York",
            ["2025-11-01 23:59", "2025-11-02 00:30", "2025-11-02 23:30", "2025-11-03 00:00"],
            {"2025-11-01": 1, "2025-11-02": 2, "2025-11-03": 1},
        ),
        (  # the island skipped 30 December
            "Pacific/Apia",
            ["2011-12-29 23:59", "2011-12-31 00:00"],
            {"2011-12-29": 1, "2011-12-31": 1},
        ),
        (
            "Asia/Shanghai",
            ["2024-02-28 12:00", "2024-02-29 12:00", "2024-03-01 12:00"],
            {"2024-02-28": 1, "2024-02-29": 1, "2024-03-01": 1},
        ),
    ],
)
async def test_a_point_is_a_local_day(
    in_transaction: Transactions, database: Database, zone: str, told: list[str], expected: dict[str, int]
) -> None:
    brand = Brand()
    await tenants.register(database, brand.tenant_id, zone)
    there = ZoneInfo(zone)
    await record(in_transaction, brand, [did(Kind.MESSAGE, "li", it, there) for it in told])
    around = [date.fromisoformat(it) for it in expected]
    async with in_transaction(brand.tenant_id) as uow:
        first, last = around[0] - timedelta(days=2), around[-1] + timedelta(days=2)
        by_day = await measure_series(uow, [brand.group()], first, last, Grain.DAY, NOW)
        by_month = await measure_series(uow, [brand.group()], first, last, Grain.MONTH, NOW)
    assert messages(by_day) == expected
    present = {it.window.first.isoformat(): it.indicators[1].denominator for it in by_day}
    assert present[first.isoformat()] == 0
    assert all(present[day] == 1 for day in expected)
    assert sum(it.indicators[0].numerator for it in by_month) == len(told)


async def test_days_of_those_present_across_the_hour_that_is_not(
    in_transaction: Transactions, database: Database
) -> None:
    """Member-days count local dates, whether of 23 or 25 hours; leaving at midnight is on the new day."""
    brand, there = Brand(), ZoneInfo("America/New_York")
    await tenants.register(database, brand.tenant_id, there.key)
    acts = [
        did(Kind.JOINED, "li", "2025-03-08 23:30", there),
        did(Kind.LEFT, "li", "2025-03-10 00:00", there),
        did(Kind.JOINED, "li", "2025-03-10 00:00:01", there),
        did(Kind.LEFT, "li", "2025-03-10 12:00", there),
        did(Kind.JOINED, "wang", "2025-03-09 03:30", there),
    ]
    await record(in_transaction, brand, acts)
    async with in_transaction(brand.tenant_id) as uow:
        by_day = await measure_series(
            uow, [brand.group()], date(2025, 3, 7), date(2025, 3, 11), Grain.DAY, NOW
        )
        facts = await uow.facts.daily([brand.group()], Window.of(date(2025, 3, 7), date(2025, 3, 11), there))
    assert [(it.date[-2:], it.members_present, it.joined, it.left) for it in facts] == [
        ("08", 1, 1, 0),
        ("09", 2, 1, 0),
        ("10", 2, 1, 2),
    ]
    kind = IndicatorKind.INTERACTIONS_PER_MEMBER_DAY - 1
    assert [it.indicators[kind].denominator for it in by_day] == [0, 1, 2, 2, 1]


async def test_late_data_touch_their_days(in_transaction: Transactions, brand: Brand) -> None:
    await record(in_transaction, brand, [did(Kind.MESSAGE, "li", "2026-02-27 10:00")])

    async def series() -> dict[str, int]:
        async with in_transaction(brand.tenant_id) as uow:
            first, last = date(2026, 2, 1), date(2026, 3, 2)
            return messages(await measure_series(uow, [brand.group()], first, last, Grain.DAY, NOW))

    assert await series() == {"2026-02-27": 1}
    await record(in_transaction, brand, [did(Kind.MESSAGE, "li", "2026-02-20 00:00")])
    assert await series() == {"2026-02-20": 1, "2026-02-27": 1}


async def test_facts_follow_the_zone_of_the_tenant(in_transaction: Transactions, database: Database) -> None:
    """Counted anew they are what they would have been, and what comes later is counted there too."""
    moved, settled = Brand(), Brand()
    new_york = ZoneInfo("America/New_York")
    await tenants.register(database, moved.tenant_id, "Asia/Shanghai")
    await tenants.register(database, settled.tenant_id, new_york.key)
    chance = random.Random(3)
    acts = [Act(Kind.MESSAGE, "li", days(chance.uniform(1, 90))) for _ in range(200)]

    async def facts(brand: Brand) -> list[tuple[str, int]]:
        async with in_transaction(brand.tenant_id) as uow:
            first, last = date(2025, 11, 1), date(2026, 3, 2)
            points = await measure_series(uow, [brand.group()], first, last, Grain.WEEK, NOW)
            assert {it.window.zone.key for it in points} == {(await uow.fact_zones.current()).key}
            return [(it.window.first.isoformat(), it.indicators[0].numerator) for it in points]

    for brand in (moved, settled):
        await record(in_transaction, brand, acts[:150])
    assert await facts(moved) != await facts(settled)
    for _ in range(2):
        async with in_transaction(moved.tenant_id) as uow:
            await follow_time_zone(uow, new_york, NOW)
    for brand in (moved, settled):
        await record(in_transaction, brand, acts[150:])
    assert await facts(moved) == await facts(settled)


async def test_facts_follow_while_activities_arrive(
    in_transaction: Transactions, database: Database, brand: Brand
) -> None:
    """Whoever comes first: in the end every activity counts once, on its day there."""
    there = ZoneInfo("America/New_York")
    acts = [did(Kind.MESSAGE, "li", f"2026-02-{day:02} 23:30", there) for day in range(1, 21)]
    await record(in_transaction, brand, acts[:4])

    async def follow() -> None:
        async with in_transaction(brand.tenant_id) as uow:
            await follow_time_zone(uow, there, NOW)

    arriving = [record(in_transaction, brand, acts[start : start + 4]) for start in range(4, 20, 4)]
    await asyncio.gather(*arriving[:2], follow(), *arriving[2:], follow())
    async with in_transaction(brand.tenant_id) as uow:
        window = Window.of(date(2026, 1, 30), date(2026, 2, 23), there)
        facts = await uow.facts.daily([brand.group()], window)
    counted = {it.date: it.messages for it in facts if it.messages}
    assert counted == {f"2026-02-{day:02}": 1 for day in range(1, 21)}
