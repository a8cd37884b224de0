"""Nothing is kept of members, and that is what is said."""

from uuid import UUID

from sqlalchemy import text

from chassis.database import Database
from chassis.ids import new_id
from chassis.testbed.personal_data import unlisted
from content.adapters.personal_data import PERSONAL_TABLES
from content.application.erase_member import EraseMember, erase_member

from .conftest import NOW, InTransaction


async def test_no_table_has_a_member(database: Database) -> None:
    assert await unlisted(database, PERSONAL_TABLES, "member") == set()


async def test_the_receipt_is_empty(
    database: Database, in_transaction: InTransaction, tenant_id: UUID
) -> None:
    async with in_transaction(tenant_id) as uow:
        await erase_member(uow, EraseMember(new_id(), new_id(), ()), NOW)
    async with database.session(tenant_id) as session:
        types = (await session.connection.execute(text("select type from outbox"))).scalars().all()
    assert types == ["quanzi.content.member.erased.v1"]
