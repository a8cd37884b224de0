"""What the watch keeps is seen by its tenant only, and samples go with their member."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.ids import new_id
from chassis.personal_data import PersonalData
from chassis.testbed.tenants import register
from risk.adapters.personal_data import PERSONAL_TABLES
from risk.adapters.tables import metadata
from risk.application.ports import Transactions
from risk.application.screen_messages import screen_messages
from risk.domain.opinion_counts import BUCKET
from risk.domain.opinion_policy import OpinionPolicy

from ..samples import message
from ..unit.opinion_scenes import BAD, all_incidents, calm_week, judged, said
from .conftest import SCREENERS

TABLES = sorted(name for name in metadata.tables if name.startswith("opinion_"))


@pytest.fixture
async def member_id(sql_transactions: Transactions, tenant_id: UUID, database: Database) -> UUID:
    """Who is quoted in the incidents of a crisis."""
    await register(database, tenant_id)
    member_id, group_id = new_id(), new_id()
    now = await calm_week(sql_transactions, tenant_id, group_id)
    async with sql_transactions(tenant_id) as uow:
        await uow.opinion_policies.add(replace(OpinionPolicy(), version=1), now)
        await screen_messages(uow, SCREENERS, [], [message("太差了", member_id, group_id, now)], now)
        await said(uow, group_id, now, now + 3 * BUCKET, BAD)
    await judged(sql_transactions, tenant_id, now + 3 * BUCKET)
    assert len(await all_incidents(sql_transactions, tenant_id)) == 2
    return member_id


async def counted(database: Database, tenant_id: UUID) -> dict[str, int]:
    async with database.session(tenant_id) as session:
        return {
            table: (await session.connection.execute(text(f"select count(*) from {table}"))).scalar_one()  # noqa: S608
            for table in TABLES
        }


@pytest.mark.usefixtures("member_id")
async def test_rows_are_seen_by_their_tenant_only(database: Database, tenant_id: UUID) -> None:
    assert len(TABLES) == 7
    assert all((await counted(database, tenant_id)).values())
    assert not any((await counted(database, new_id())).values())


async def test_samples_are_erased_with_their_member(
    database: Database, tenant_id: UUID, member_id: UUID, sql_transactions: Transactions
) -> None:
    incidents = await all_incidents(sql_transactions, tenant_id)
    async with database.session(tenant_id) as session:
        data = PersonalData(session, PERSONAL_TABLES)
        assert "opinion_samples" in {table for table, _ in [row async for row in data.rows(member_id)]}
        await data.erase([member_id], incidents[0].opened_at)
    async with sql_transactions(tenant_id) as uow:
        assert await uow.opinion_incidents.samples([it.id for it in incidents]) == {}
