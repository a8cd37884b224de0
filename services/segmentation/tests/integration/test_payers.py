"""Orders that pass from one member to another, or are refunded by another: both are decided at once."""

import asyncio

from sqlalchemy import text

from chassis.database import Database
from chassis.faults import is_transient
from segmentation.application.ports import Transactions
from segmentation.application.recompute_tiers import recompute_tiers
from segmentation.application.record_activities import record_activities
from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.conditions import TierTest
from segmentation.domain.policy import Tier

from ..samples import NOW, Act, Brand, days
from .segmenting import created, fill, members, record

VIP = 600_000
TOLD = """
    select convert_from(body, 'UTF8') from outbox where type like '%member.tier_changed%' order by sequence
"""


def paid(member: str, ago: float, order: str = "o-1") -> Act:
    return Act(Kind.ORDER_PAID, member, days(ago), order=order, amount_minor=VIP)


async def tiers(within: Transactions, brand: Brand) -> dict[str, Tier]:
    async with within(brand.tenant_id) as uow:
        found = await uow.members.by_ids([brand.member("li"), brand.member("wang")], NOW)
        return {it.external_reference: it.tier.tier for it in found if it.tier}


async def test_an_order_that_turns_out_to_be_paid_earlier_by_another(
    in_transaction: Transactions, database: Database, brand: Brand
) -> None:
    vips = await created(in_transaction, brand, TierTest((Tier.VIP,)))
    await fill(in_transaction, brand, NOW)
    await record(in_transaction, brand, [paid("li", 2)])
    assert await members(in_transaction, brand, vips) == {brand.member("li")}
    await record(in_transaction, brand, [paid("wang", 3)])
    assert await tiers(in_transaction, brand) == {"li": Tier.PROSPECT, "wang": Tier.VIP}
    assert await members(in_transaction, brand, vips) == {brand.member("wang")}
    async with database.session(brand.tenant_id) as session:
        told = (await session.connection.execute(text(TOLD))).scalars().all()
    assert [str(brand.member("li")) in body for body in told].count(True) == 2


async def test_a_refund_by_another(in_transaction: Transactions, brand: Brand) -> None:
    await record(in_transaction, brand, [paid("li", 2)])
    refund = Act(Kind.ORDER_REFUNDED, "wang", days(1), order="o-1", amount_minor=VIP)
    await record(in_transaction, brand, [refund])
    assert await tiers(in_transaction, brand) == {"li": Tier.PROSPECT, "wang": Tier.PROSPECT}


async def test_payers_at_once(in_transaction: Transactions, brand: Brand) -> None:
    """Whoever waits for the other in a circle is put back, and comes again."""

    async def take_in(act: Act) -> None:
        while True:
            try:
                async with in_transaction(brand.tenant_id) as uow:
                    return await record_activities(uow, brand.columns(act), NOW)
            except Exception as fault:
                if not is_transient(fault):
                    raise

    acts = [
        paid(member, ago + number / 100, f"o-{number}")
        for number in range(8)
        for member, ago in (("li", 3), ("wang", 2), ("li", 1))
    ]
    await asyncio.gather(*map(take_in, acts))
    decided = await tiers(in_transaction, brand)
    assert decided == {"li": Tier.VIP, "wang": Tier.PROSPECT}
    async with in_transaction(brand.tenant_id) as uow:
        assert (await recompute_tiers(uow, NOW)).changed == 0
