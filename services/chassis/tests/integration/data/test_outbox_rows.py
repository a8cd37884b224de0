"""Events that a statement makes of its rows are those that the outbox makes of messages."""

from uuid import UUID

from sqlalchemy import text

from chassis.database import Database
from chassis.ids import new_id
from chassis.outbox import APPEND_ROWS
from quanzi.tenancy.v1.events_pb2 import TenantRegistered

from .conftest import NOW, registered

ROWS = """
    select tenant_id as partition_key,
        json_build_object('tenantId', tenant_id, 'slug', 'tea', 'name', 'tea') as body
    from unnest(cast(:tenant_ids as uuid[])) as tenant_id
"""
KEPT = """
    select id, type, subject, schema, partition_key, occurred_at,
        cast(convert_from(body, 'UTF8') as jsonb) as body
    from outbox order by sequence
"""


async def test_rows_become_events_as_messages_do(database: Database, tenant: UUID) -> None:
    tenants = [new_id() for _ in range(3)]
    async with database.session(tenant) as session:
        await session.outbox.append([registered(it) for it in tenants], NOW)
        as_messages = (await session.connection.execute(text(KEPT))).all()
        await session.connection.execute(text("delete from outbox"))
        parameters = session.outbox.row_parameters(TenantRegistered.DESCRIPTOR, NOW)
        await session.connection.execute(
            text(APPEND_ROWS.format(rows=ROWS)), parameters | {"tenant_ids": tenants}
        )
        as_rows = (await session.connection.execute(text(KEPT))).all()
    assert [row[1:] for row in as_rows] == [row[1:] for row in as_messages]
    assert len({row.id for row in as_rows}) == 3
