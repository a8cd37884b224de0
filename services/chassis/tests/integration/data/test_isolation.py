"""Tenants are kept apart by PostgreSQL itself: tried with the role and connection a service has."""

from uuid import UUID

import pytest
from quanzi.tenancy.v1.events_pb2 import TenantRegistered
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from chassis.database import Database
from chassis.ids import new_id
from chassis.tables import CHASSIS

from .conftest import NOW

INSERT = text("insert into notes (tenant_id, id, text) values (:tenant_id, :id, 'hello')")


async def write_note(database: Database, tenant: UUID) -> None:
    async with database.session(tenant) as session:
        await session.connection.execute(INSERT, {"tenant_id": tenant, "id": new_id()})


async def count(database: Database, tenant: UUID) -> int:
    async with database.session(tenant) as session:
        return (await session.connection.execute(text("select count(*) from notes"))).scalar_one()


async def test_a_tenant_sees_its_rows_only(database: Database, tenant: UUID) -> None:
    other = new_id()
    await write_note(database, tenant)
    await write_note(database, tenant)
    await write_note(database, other)
    assert [await count(database, tenant), await count(database, other), await count(database, new_id())] == [
        2,
        1,
        0,
    ]
