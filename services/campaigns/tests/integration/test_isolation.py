"""Row-level security: what the role of the service sees and may write without, and as, a tenant."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from campaigns.adapters.tables import metadata
from campaigns.application.ports import Transactions
from chassis.database import Database
from chassis.ids import new_id

from .test_races import claimed, paid, scheduled

WRITTEN = ("campaigns", "campaign_groups", "flash_sales", "claims", "member_holdings", "payments", "timers")


@pytest.fixture
async def _something(sql_transactions: Transactions, tenant_id: UUID) -> None:
    sale = await scheduled(sql_transactions, tenant_id)
    await paid(sql_transactions, tenant_id, await claimed(sql_transactions, tenant_id, sale))


@pytest.mark.usefixtures("_something")
async def test_rows_are_seen_by_their_tenant_only(database: Database, tenant_id: UUID) -> None:
    async def count(table: str, as_tenant: UUID) -> int:
        async with database.session(as_tenant) as session:
            return (await session.connection.execute(text(f"select count(*) from {table}"))).scalar_one()  # noqa: S608

    assert all([await count(table, tenant_id) for table in WRITTEN])
    assert not any([await count(table, new_id()) for table in metadata.tables])


async def test_rows_of_another_tenant_cannot_be_written(database: Database, tenant_id: UUID) -> None:
    statement = text("insert into campaign_clicks values (:tenant_id, :tenant_id, :tenant_id)")
    with pytest.raises(ProgrammingError, match="row-level security"):
        async with database.session(new_id()) as session:
            await session.connection.execute(statement, {"tenant_id": tenant_id})


async def test_every_table_is_isolated(database: Database) -> None:
    query = text("""
        select relname from pg_class join pg_namespace on pg_namespace.oid = relnamespace
        where nspname = 'campaigns' and relkind = 'r' and not (relrowsecurity and relforcerowsecurity)
          and relname <> 'alembic_version'
    """)
    async with database.session(new_id()) as session:
        assert (await session.connection.execute(query)).scalars().all() == []
