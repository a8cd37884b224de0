"""Activities become members, stays, orders, tiers and facts, whatever way they arrive."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from chassis.database import Database
from segmentation.application.ports import Transactions
from segmentation.application.record_activities import record_activities
from segmentation.domain.activity import ORDERS, Recorded
from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.errors import CurrencyMismatch
from segmentation.domain.membership import Sign, stays
from segmentation.domain.policy import Tier, TierPolicy
from segmentation.domain.tiers import decide

from ..samples import NOW, Act, Brand, days
from ..unit.fakes import FakeUnitOfWork, Memory

NewBrand = Callable[[], Awaitable[Brand]]

STORY = (
    Act(Kind.MESSAGE, "wang", days(50), name="王"),
    Act(Kind.JOINED, "li", days(40), invited_by="wang", name="李"),
    Act(Kind.MESSAGE, "li", days(3), name="李子"),
    Act(Kind.CLICK, "li", days(2)),
    Act(Kind.SHARE, "li", days(1)),
    Act(Kind.ORDER_REFUNDED, "wang", days(1), order="o-1", amount_minor=100_000),
    Act(Kind.ORDER_PAID, "wang", days(2), order="o-1", amount_minor=650_000),
    Act(Kind.LEFT, "wang", days(20)),
    Act(Kind.JOINED, "wang", days(10)),
    Act(Kind.JOINED, "zhao", days(5)),
    Act(Kind.LEFT, "zhao", days(1)),
    Act(Kind.ORDER_PAID, "chen", days(300), group=None, order="o-2", amount_minor=1_000),
)


async def record(within: Transactions, brand: Brand, acts: Sequence[Act]) -> None:
    async with within(brand.tenant_id) as uow:
        await record_activities(uow, brand.columns(*acts), NOW)


async def rows(database: Database, brand: Brand, statement: str) -> list[tuple[Any, ...]]:
    async with database.session(brand.tenant_id) as session:
        return [tuple(row) for row in await session.connection.execute(text(statement))]


async def state(database: Database, brand: Brand) -> list[list[tuple[Any, ...]]]:
    """Everything derived, with the tenant's ids made comparable between tenants."""
    return [await rows(database, brand, statement) for statement in STATE]


STATE = (
    "select external_reference, display_name, first_seen_at, last_seen_at from members order by 1",
    """select m.external_reference, joined_at, left_at, join_recorded, invited_by_id is not null
       from memberships join members m using (member_id) order by 1, 2""",
    """select reference, m.external_reference, paid_at, paid_minor, refunded_minor
       from orders join members m using (member_id) order by 1""",
    "select m.external_reference, tier from member_tiers join members m using (member_id) order by 1",
    """select local_date, messages, interactions, clicks, shares, orders, net_spend_minor
       from daily_facts order by 1""",
)


async def test_a_batch_is_recorded(in_transaction: Transactions, database: Database, brand: Brand) -> None:
    await record(in_transaction, brand, STORY)

    members, memberships, orders, tiers, facts = await state(database, brand)
    assert [row[0:2] for row in members] == [("chen", ""), ("li", "李子"), ("wang", "王"), ("zhao", "")]
    wang = [row[1:] for row in memberships if row[0] == "wang"]
    assert wang == [
        (NOW - days(50), NOW - days(20), False, False),
        (NOW - days(10), None, True, False),
    ]
    assert orders[0] == ("o-1", "wang", NOW - days(2), 650_000, 100_000)
    assert dict(tiers) == {
        "wang": Tier.VIP,
        "li": Tier.ACTIVE,
        "zhao": Tier.PROSPECT,
        "chen": Tier.DORMANT,
    }
    assert sum(row[6] for row in facts) == 550_000


async def test_the_same_activities_again_change_nothing(
    in_transaction: Transactions, database: Database, brand: Brand
) -> None:
    await record(in_transaction, brand, [*STORY, *STORY])
    before = await state(database, brand)
    events = await rows(database, brand, "select count(*) from outbox")

    await record(in_transaction, brand, STORY)

    assert await state(database, brand) == before
    assert await rows(database, brand, "select count(*) from outbox") == events


async def test_the_order_of_arrival_does_not_matter(
    in_transaction: Transactions, database: Database, new_brand: NewBrand
) -> None:
    in_order = await new_brand()
    await record(in_transaction, in_order, STORY)
    expected = await state(database, in_order)
    for seed in range(8):
        shuffled, brand = list(STORY), await new_brand()
        Random(seed).shuffle(shuffled)
        for start in range(0, len(shuffled), seed + 1):
            await record(in_transaction, brand, shuffled[start : start + seed + 1])
        assert await state(database, brand) == expected, f"seed {seed}"


SIGNS = st.lists(
    st.tuples(
        st.sampled_from([Kind.JOINED, Kind.LEFT, Kind.MESSAGE, Kind.ORDER_PAID]),
        st.integers(0, 6),
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(signs=SIGNS, batches=st.integers(1, 4))
async def test_stored_stays_are_those_of_the_domain(
    in_transaction: Transactions,
    database: Database,
    new_brand: NewBrand,
    signs: list[tuple[Kind, int, bool]],
    batches: int,
) -> None:
    brand = await new_brand()
    acts = [
        Act(
            kind,
            "li",
            days(day),
            order=f"o-{number}" if kind is Kind.ORDER_PAID else None,
            invited_by="wang" if invited and kind is Kind.JOINED else None,
        )
        for number, (kind, day, invited) in enumerate(signs)
    ]
    for start in range(batches):
        if chosen := acts[start::batches]:
            await record(in_transaction, brand, chosen)

    expected = stays(
        Sign(
            act.occurred_at,
            act.kind,
            brand.activity(act.source_id),
            brand.member(act.invited_by) if act.invited_by else None,
        )
        for act in acts
    )
    stored = await rows(
        database,
        brand,
        "select joined_at, left_at, join_recorded, invited_by_id from memberships order by joined_at",
    )
    assert stored == [(s.joined_at, s.left_at, s.join_recorded, s.invited_by_id) for s in expected]


ACTS = st.lists(
    st.builds(
        lambda kind, member, ago, order, amount: Act(
            kind,
            member,
            days(ago),
            order=f"{member}-{order}" if kind in ORDERS else None,
            amount_minor=amount,
        ),
        st.sampled_from(Kind),
        st.sampled_from(["li", "wang"]),
        st.integers(0, 45),
        st.integers(0, 1),
        st.integers(0, 600_000),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS, batches=st.integers(1, 4))
async def test_stored_and_remembered_agree(
    in_transaction: Transactions, new_brand: NewBrand, acts: list[Act], batches: int
) -> None:
    """The fake of the unit tests and PostgreSQL come to the same tiers, figures and stays."""
    brand, memory = await new_brand(), Memory()
    for start in range(batches):
        await record(in_transaction, brand, acts[start::batches])
        await record_activities(FakeUnitOfWork(memory), brand.columns(*acts[start::batches]), NOW)

    fake = FakeUnitOfWork(memory)
    members = memory.members()
    async with in_transaction(brand.tenant_id) as uow:
        everybody = Recorded(member_ids=members, buyer_ids=members)
        stored = sorted(await uow.tiers.open_after(everybody, TierPolicy(), NOW), key=lambda it: it.member_id)
        remembered = await fake.tiers.open_after(everybody, TierPolicy(), NOW)
        for one, other in zip(stored, remembered, strict=True):
            assert decide(one, TierPolicy(), NOW) == decide(other, TierPolicy(), NOW)
            assert (one.tier, set(one.group_ids)) == (other.tier, set(other.group_ids))
        assert await uow.memberships.of_members(members) == await fake.memberships.of_members(members)


async def test_two_consumers_at_once_miss_nothing(
    in_transaction: Transactions, database: Database, brand: Brand
) -> None:
    """Each brings one of the interactions that only together make a member active."""
    acts = [Act(Kind.MESSAGE, f"m{number % 30}", days(number / 100)) for number in range(300)]
    batches = [acts[start::10] for start in range(10)]

    await asyncio.gather(*(record(in_transaction, brand, batch) for batch in [*batches, *batches]))

    tiers = await rows(database, brand, "select tier, count(*) from member_tiers group by tier")
    assert tiers == [(Tier.ACTIVE, 30)]
    assert await rows(database, brand, "select sum(messages) from daily_facts") == [(300,)]
    changes = await rows(
        database,
        brand,
        """select count(*), (select count(*) from tier_assignments) from outbox
           where type like '%tier_changed%'""",
    )
    assert changes[0][0] == changes[0][1]


async def test_another_currency_is_refused(in_transaction: Transactions, brand: Brand) -> None:
    columns = brand.columns(Act(Kind.ORDER_PAID, "li", order="o-1", amount_minor=1))
    columns.currencies.add("USD")
    with pytest.raises(CurrencyMismatch, match="CNY"):
        async with in_transaction(brand.tenant_id) as uow:
            await record_activities(uow, columns, NOW)


async def test_a_tenant_sees_nothing_of_another(
    in_transaction: Transactions, brand: Brand, new_brand: NewBrand
) -> None:
    await record(in_transaction, brand, STORY)
    other = await new_brand()
    async with in_transaction(other.tenant_id) as uow:
        assert not await uow.members.by_ids([brand.member("li")], NOW)
        assert not await uow.memberships.of_members([brand.member("li")])
        assert await uow.tiers.count() == {}
        assert (await uow.tier_sweep.due(await uow.policies.tiers(), NOW + days(400), 10)).members == 0
