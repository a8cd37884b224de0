"""Nothing is kept of members, and that is what is said."""

from uuid import UUID

from sqlalchemy import text

from chassis import erasures
from chassis.database import Database
from chassis.ids import new_id
from chassis.testbed.events import hand
from chassis.testbed.personal_data import unlisted
from content.adapters.personal_data import PERSONAL_TABLES
from quanzi.content.v1.events_pb2 import MemberErased
from quanzi.segmentation.v1.events_pb2 import MemberErasureRequested

from .conftest import NOW

ERASURES = erasures.subscription(
    "content", MemberErasureRequested, MemberErased, PERSONAL_TABLES, lambda: NOW
)


async def test_no_table_has_a_member(database: Database) -> None:
    assert await unlisted(database, PERSONAL_TABLES, "member") == set()


async def test_the_receipt_is_empty(database: Database, tenant_id: UUID) -> None:
    asked = MemberErasureRequested(erasure_id=str(new_id()), member_id=str(new_id()))
    await hand(database, ERASURES, tenant_id, asked, NOW)
    async with database.session(tenant_id) as session:
        types = (await session.connection.execute(text("select type from outbox"))).scalars().all()
    assert types == ["quanzi.content.member.erased.v1"]
