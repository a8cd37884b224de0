"""Members that are found to be one customer have one limit, until the merge is reversed."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from campaigns.application.claim_item import ClaimItem, claim_item
from campaigns.application.expire_claims import expire_claims
from campaigns.application.ports import Transactions
from campaigns.application.schedule_flash_sale import schedule_flash_sale
from campaigns.domain.campaign import Campaign
from campaigns.domain.claim import Claim
from campaigns.domain.errors import LimitReached
from chassis import merged
from chassis.database import Database
from chassis.ids import new_id
from chassis.merged import Merged
from chassis.testbed.events import hand
from quanzi.segmentation.v1.events_pb2 import MemberMerged, MergeReversed

from ..samples import NOW, command

MERGES = merged.subscription("campaigns", MemberMerged, MergeReversed)
LIMIT = 3


@pytest.fixture
async def sale(sql_transactions: Transactions, tenant_id: UUID) -> Campaign:
    async with sql_transactions(tenant_id) as uow:
        return await schedule_flash_sale(uow, command(stock=100, per_member_limit=LIMIT), NOW)


async def claim(within: Transactions, tenant_id: UUID, sale: Campaign, member_id: UUID) -> Claim | None:
    """None if the limit is reached."""
    try:
        async with within(tenant_id) as uow:
            return await claim_item(uow, ClaimItem(sale.id, member_id, 1), NOW)
    except LimitReached:
        return None


async def merge(database: Database, tenant_id: UUID, into: UUID, away: UUID) -> MergeReversed:
    """What reverses it."""
    ids = {"member_id": str(into), "merged_member_id": str(away), "merge_id": str(new_id())}
    for _ in range(2):
        await hand(database, MERGES, tenant_id, MemberMerged(**ids), NOW)
    return MergeReversed(**ids)


async def test_one_limit_for_all_of_a_customer(
    sql_transactions: Transactions, database: Database, tenant_id: UUID, sale: Campaign
) -> None:
    li, lily, lilian = members = [new_id() for _ in range(3)]
    held = [await claim(sql_transactions, tenant_id, sale, it) for it in (lily, lilian)]
    first = await merge(database, tenant_id, lily, lilian)
    second = await merge(database, tenant_id, li, lily)
    claims = await asyncio.gather(
        *(claim(sql_transactions, tenant_id, sale, it) for it in members for _ in range(4))
    )
    assert sum(it is not None for it in claims) == LIMIT - len(held)

    async with sql_transactions(tenant_id) as uow:
        await expire_claims(uow, [it.id for it in held if it], NOW + timedelta(days=1))
    claims = [await claim(sql_transactions, tenant_id, sale, it) for it in members]
    assert sum(it is not None for it in claims) == len(held)

    for reversal in (second, first):
        await hand(database, MERGES, tenant_id, reversal, NOW)
    async with database.session(tenant_id) as session:
        alone = await Merged(session).together(members)
    assert alone == {it: frozenset({it}) for it in members}
    stranger = new_id()
    claims = [await claim(sql_transactions, tenant_id, sale, stranger) for _ in range(LIMIT + 1)]
    assert [it is not None for it in claims] == [True] * LIMIT + [False]


async def test_a_reversal_that_comes_before_its_merge_holds(
    sql_transactions: Transactions, database: Database, tenant_id: UUID, sale: Campaign
) -> None:
    ids = {"member_id": str(new_id()), "merged_member_id": str(new_id()), "merge_id": str(new_id())}
    await hand(database, MERGES, tenant_id, MergeReversed(**ids), NOW)
    await hand(database, MERGES, tenant_id, MemberMerged(**ids), NOW)
    for member_id in (ids["member_id"], ids["merged_member_id"]):
        claims = [await claim(sql_transactions, tenant_id, sale, UUID(member_id)) for _ in range(LIMIT + 1)]
        assert [it is not None for it in claims] == [True] * LIMIT + [False]


async def test_another_tenant_knows_nothing_of_it(database: Database, tenant_id: UUID) -> None:
    li, lily = new_id(), new_id()
    await merge(database, tenant_id, li, lily)
    async with database.session(tenant_id) as session:
        assert (await Merged(session).together([li, lily]))[lily] == {li, lily}
    async with database.session(new_id()) as session:
        assert (await Merged(session).together([lily]))[lily] == {lily}
