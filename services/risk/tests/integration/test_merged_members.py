"""Strikes of members that are found to be one person count together, until the merge is reversed."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from chassis import merged
from chassis.database import Database
from chassis.ids import new_id
from chassis.testbed.events import hand
from quanzi.segmentation.v1.events_pb2 import MemberMerged, MergeReversed
from risk.application.ports import Transactions

from ..samples import ADVERT, NOW, message
from .conftest import screen

MERGES = merged.subscription("risk", MemberMerged, MergeReversed)
MINUTE = timedelta(minutes=1)


async def strikes(within: Transactions, tenant_id: UUID, members: Sequence[UUID], minutes: int) -> list[int]:
    """Of adverts of these members, in one batch."""
    said = [message(ADVERT, member_id) for member_id in members]
    now = NOW + minutes * MINUTE
    await screen(within, tenant_id, said, now)
    async with within(tenant_id) as uow:
        opened = await uow.violations.of_activities([it.activity_id for it in said])
    by_activity = {it.activity_id: it.strike for it in opened}
    return [by_activity[it.activity_id] for it in said]


async def test_strikes_of_a_person(
    sql_transactions: Transactions, database: Database, tenant_id: UUID
) -> None:
    li, lily, wang = new_id(), new_id(), new_id()
    assert await strikes(sql_transactions, tenant_id, [li, lily, wang], 0) == [1, 1, 1]
    ids = {"member_id": str(li), "merged_member_id": str(lily), "merge_id": str(new_id())}
    await hand(database, MERGES, tenant_id, MemberMerged(**ids), NOW)
    assert await strikes(sql_transactions, tenant_id, [lily, li, wang], 1) == [3, 4, 2]
    await hand(database, MERGES, tenant_id, MergeReversed(**ids), NOW)
    assert await strikes(sql_transactions, tenant_id, [li, lily, wang], 2) == [3, 3, 3]
