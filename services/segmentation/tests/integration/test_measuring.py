"""Daily facts and the eight indicators, counted from what members did."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from segmentation.application.measure_groups import measure_groups
from segmentation.application.ports import Transactions
from segmentation.application.record_activities import record_activities
from segmentation.application.record_deliveries import Delivery, record_deliveries
from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.indicator_policy import IndicatorKind
from segmentation.domain.member import DailyFacts
from segmentation.domain.windows import Window

from ..samples import NOW, Act, Brand, days

TODAY = NOW.astimezone(ZoneInfo("Asia/Shanghai")).date()


def day(ago: int) -> date:
    return TODAY - timedelta(days=ago)


@pytest.fixture
async def story(in_transaction: Transactions, brand: Brand) -> Brand:
    """Twelve join 40 days ago, by two inviters; two leave after 5 days, two more after 20; one comes back."""
    names = [f"m{number}" for number in range(12)]
    acts = [
        Act(Kind.JOINED, name, days(40), invited_by=f"i{number % 2}") for number, name in enumerate(names)
    ]
    acts += [Act(Kind.LEFT, name, days(35)) for name in names[:2]]
    acts += [Act(Kind.LEFT, name, days(20)) for name in names[2:4]]
    acts += [Act(Kind.JOINED, "m0", days(9.5))]
    acts += [Act(Kind.INVITE, "m5", days(38))]
    acts += [Act(Kind.CLICK, name, days(2)) for name in names[4:9]]
    acts += [Act(Kind.SHARE, "m4", days(2)), Act(Kind.SHARE, "m4", days(1))]
    acts += [Act(Kind.ORDER_PAID, "m4", days(1), order="o-1", amount_minor=900)]
    acts += [Act(Kind.ORDER_REFUNDED, "m4", days(0), order="o-1", amount_minor=300)]
    acts += [Act(Kind.MESSAGE, "m6", days(1)) for _ in range(7)]
    async with in_transaction(brand.tenant_id) as uow:
        await record_activities(uow, brand.columns(*acts), NOW)
        await record_deliveries(uow, [Delivery(brand.activity("post"), brand.group(), NOW - days(2))] * 2)
    return brand


async def ratios(
    within: Transactions, brand: Brand, first: date, last: date
) -> dict[IndicatorKind, tuple[int, int]]:
    async with within(brand.tenant_id) as uow:
        [of_group] = await measure_groups(uow, [brand.group()], first, last, NOW)
    return {it.kind: (it.numerator, it.denominator) for it in of_group.indicators}


async def test_indicators_of_the_last_week(in_transaction: Transactions, story: Brand) -> None:
    found = await ratios(in_transaction, story, day(6), day(0))
    assert found == {
        IndicatorKind.MESSAGES_PER_DAY: (7, 7),
        IndicatorKind.INTERACTIONS_PER_MEMBER_DAY: (7 + 5 + 2, 9 * 7),
        IndicatorKind.CLICK_RATE: (5, 9),
        IndicatorKind.ORDER_RATE: (1, 5),
        IndicatorKind.RETENTION_7D: (0, 0),
        IndicatorKind.RETENTION_30D: (0, 0),
        IndicatorKind.SHARE_RATE: (1, 9),
        IndicatorKind.INVITE_COEFFICIENT: (0, 0),
    }


async def test_retention_and_invitations_of_those_who_joined(
    in_transaction: Transactions, story: Brand
) -> None:
    found = await ratios(in_transaction, story, day(40), day(38))
    assert found[IndicatorKind.RETENTION_7D] == (10, 12)
    assert found[IndicatorKind.RETENTION_30D] == (8, 12)
    assert found[IndicatorKind.INVITE_COEFFICIENT] == (12, 3)
    young = await ratios(in_transaction, story, day(10), day(0))
    assert young[IndicatorKind.RETENTION_7D] == (1, 1)
    assert young[IndicatorKind.RETENTION_30D] == (0, 0)


async def test_the_future_counts_for_nothing(in_transaction: Transactions, story: Brand) -> None:
    assert await ratios(in_transaction, story, day(6), day(-7)) == await ratios(
        in_transaction, story, day(6), day(0)
    )
    ahead = await ratios(in_transaction, story, day(-1), day(-7))
    assert set(ahead.values()) == {(0, 0)}


async def test_daily_facts_count_members_of_the_day(in_transaction: Transactions, story: Brand) -> None:
    async with in_transaction(story.tenant_id) as uow:
        window = Window.of(day(40), day(0), (await uow.tenant()).zone)
        facts = {it.date: it for it in await uow.facts.daily([story.group()], window)}
    first, yesterday = facts[day(40).isoformat()], facts[day(1).isoformat()]
    assert (first.joined, first.members_present, first.messages) == (12, 12, 0)
    assert yesterday == DailyFacts(story.group(), day(1).isoformat(), 7, 8, 9, 0, 0, 0, 1, 1, 900)
    assert facts[day(0).isoformat()].net_spend_minor == -300
    assert (facts[day(35).isoformat()].left, facts[day(35).isoformat()].members_present) == (2, 12)
    assert day(3).isoformat() not in facts


async def test_a_day_is_a_local_day(in_transaction: Transactions, brand: Brand) -> None:
    """Half past midnight in Shanghai is still yesterday in UTC."""
    night = datetime(2026, 2, 27, 16, 30, tzinfo=NOW.tzinfo)
    async with in_transaction(brand.tenant_id) as uow:
        await record_activities(uow, brand.columns(Act(Kind.MESSAGE, "li", NOW - night)), NOW)
        window = Window.of(date(2026, 2, 28), date(2026, 2, 28), (await uow.tenant()).zone)
        [facts] = await uow.facts.daily([brand.group()], window)
    assert (facts.date, facts.messages) == ("2026-02-28", 1)
