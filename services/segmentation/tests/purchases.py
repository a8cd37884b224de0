"""Purchases of many members over a year and a half, and their histories worked out slowly and plainly."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.predictions import HORIZON_DAYS, BuyerHistories

from .samples import NOW, Act, Brand, days

SHANGHAI = ZoneInfo("Asia/Shanghai")
YEAR_AND_A_HALF = 540


def shoppers(count: int, seed: int = 7) -> list[Act]:
    """Each buys at a rate of its own until it stops; every tenth order is refunded, in part or in full."""
    random, acts = Random(seed), []
    for number in range(count):
        name, rate, age = (
            f"m{number:04}",
            random.gammavariate(0.7, 1 / 40),
            random.uniform(20, YEAR_AND_A_HALF),
        )
        ago, stops, worth = age, random.betavariate(1, 3), random.uniform(2_000, 30_000)
        while ago > 0:
            order = f"o-{len(acts)}"
            amount = max(1, int(random.gauss(worth, worth / 4)))
            group = f"g{number % 3}"
            acts.append(Act(Kind.ORDER_PAID, name, days(ago), group, order=order, amount_minor=amount))
            if random.random() < 0.1:
                back = random.choice((amount, amount // 2))
                later = days(max(0.0, ago - 3))
                acts.append(Act(Kind.ORDER_REFUNDED, name, later, group, order=order, amount_minor=back))
            if random.random() < stops:
                break
            ago -= random.expovariate(rate)
    return acts


def histories_of(brand: Brand, acts: Sequence[Act], now: datetime = NOW) -> BuyerHistories:
    """Order by order, member by member."""
    today = now.astimezone(SHANGHAI).date()
    earlier = today - timedelta(days=HORIZON_DAYS)
    refunded: Counter[str | None] = Counter()
    for act in acts:
        if act.kind is Kind.ORDER_REFUNDED:
            refunded[act.order] += act.amount_minor
    bought: defaultdict[UUID, Counter[date]] = defaultdict(Counter)
    orders: Counter[UUID] = Counter()
    for act in acts:
        counts = act.kind is Kind.ORDER_PAID and act.occurred_at <= now
        if counts and not 0 < refunded[act.order] >= act.amount_minor:
            member = brand.member(act.member)
            bought[member][act.occurred_at.astimezone(SHANGHAI).date()] += (
                act.amount_minor - refunded[act.order]
            )
            orders[member] += 1
    rows = []
    for member, by_day in sorted(bought.items()):
        first, *again = sorted(by_day)
        back = [day for day in by_day if day <= earlier]
        rows.append(
            (
                member,
                len(again),
                (max(by_day) - first).days,
                (today - first).days,
                sum(by_day[day] for day in again) / len(again) if again else 0,
                len(back) - 1 if back else None,
                (max(back) - first).days if back else None,
                (earlier - first).days if back else None,
                len(by_day) - len(back) if back else 0,
                orders[member],
                by_day.total(),
            )
        )
    return BuyerHistories(*(list(column) for column in zip(*rows, strict=True)))
