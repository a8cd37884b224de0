"""What is kept of a member is listed, handed out, and erased; what is delivered again changes nothing."""

import asyncio
import json
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from chassis import erasures
from chassis.consumer import Received
from chassis.database import Database
from chassis.erased import leaving_out_erased
from chassis.ids import new_id
from chassis.personal_data import PersonalData
from chassis.testbed.events import hand
from chassis.testbed.personal_data import unlisted
from chassis.timestamps import timestamp
from quanzi.inbound.v1.activity_pb2 import ACTIVITY_KIND_MESSAGE, Activity
from quanzi.risk.v1.events_pb2 import MemberErased
from quanzi.segmentation.v1.events_pb2 import MemberErasureRequested
from risk.adapters.personal_data import PERSONAL_TABLES
from risk.application.ports import Transactions
from risk.entrypoints.consumers import activities_handler

from ..samples import ADVERT, NOW, earned, message
from ..unit.case_fakes import NOTHING_DRAWN
from .conftest import FOLLOW_UPS, SCREENERS, screen

ERASURES = erasures.subscription("risk", MemberErasureRequested, MemberErased, PERSONAL_TABLES, lambda: NOW)


async def rows(database: Database, tenant_id: UUID, table: str) -> list[str]:
    async with database.session(tenant_id) as session:
        stored = await session.connection.execute(text(f"select cast(to_jsonb(it) as text) from {table} it"))  # noqa: S608
        return list(stored.scalars())


async def test_every_table_with_a_member_is_listed(database: Database) -> None:
    assert await unlisted(database, PERSONAL_TABLES, "member") == set()


async def test_erased(database: Database, sql_transactions: Transactions, tenant_id: UUID) -> None:
    member_id, other_id = new_id(), new_id()
    said = [message(ADVERT, member_id), message("早", member_id), message(ADVERT, other_id)]
    async with sql_transactions(tenant_id) as uow:
        all_blocked = replace(NOTHING_DRAWN, sample_blocked_per_mille=1_000)
        await uow.case_policies.add(all_blocked, NOW)
    await screen(sql_transactions, tenant_id, said)
    async with sql_transactions(tenant_id) as uow:
        await uow.points.book([earned(member_id), earned(other_id)])
    async with database.session(tenant_id) as session:
        kept = [row async for row in PersonalData(session, PERSONAL_TABLES).rows(member_id)]
    assert [table for table, _ in kept] == [
        *("case_steps", "cases", "moderator_tasks", "violations", "point_entries"),
        *("message_texts", "message_texts", "decisions", "decisions"),
    ]
    assert all(json.loads(row)["member_id"] == str(member_id) for table, row in kept if table != "case_steps")

    asked_at = NOW + timedelta(hours=1)
    asked = MemberErasureRequested(erasure_id=str(new_id()), member_id=str(member_id))
    await hand(database, ERASURES, tenant_id, asked, asked_at)
    for table in ("cases", "moderator_tasks", "violations", "point_entries", "message_texts", "decisions"):
        stored = await rows(database, tenant_id, table)
        assert not any(str(member_id) in row for row in stored), table
        assert sum(str(other_id) in row for row in stored) == 1, table
    assert len(await rows(database, tenant_id, "case_steps")) == 1
    assert len(await rows(database, tenant_id, "decisions")) == len(said)
    assert len([row for row in await rows(database, tenant_id, "decisions") if "刷单" in row]) == 1

    await screen(sql_transactions, tenant_id, said)
    assert not any(str(member_id) in row for row in await rows(database, tenant_id, "violations"))


def _received(tenant_id: UUID, member_id: UUID, at: datetime) -> Received:
    activity = Activity(
        activity_id=str(new_id()),
        kind=ACTIVITY_KIND_MESSAGE,
        member_id=str(member_id),
        group_id=str(new_id()),
        occurred_at=timestamp(at),
        text=ADVERT,
    )
    return Received(activity.activity_id, "activity", tenant_id, at, None, activity)


async def test_what_was_said_before_is_left_out(
    database: Database, sql_transactions: Transactions, tenant_id: UUID
) -> None:
    """However the messages race the erasure; what is said afterwards is somebody's again."""
    member_id = new_id()
    handle = leaving_out_erased(activities_handler(SCREENERS, FOLLOW_UPS, lambda: NOW))

    async def take_in(at: datetime) -> None:
        async with sql_transactions(tenant_id) as uow:
            await handle(uow, [_received(tenant_id, member_id, at) for _ in range(5)])

    before = NOW - timedelta(minutes=1)
    asked = MemberErasureRequested(erasure_id=str(new_id()), member_id=str(member_id))
    erasing = hand(database, ERASURES, tenant_id, asked, NOW)
    await asyncio.gather(*(take_in(before) for _ in range(5)), erasing, *(take_in(before) for _ in range(5)))
    assert not any(str(member_id) in row for row in await rows(database, tenant_id, "decisions"))
    await take_in(NOW + timedelta(seconds=1))
    assert sum(str(member_id) in row for row in await rows(database, tenant_id, "decisions")) == 5
