"""Connections that the server closed are replaced before anybody notices."""

import asyncio
from uuid import UUID

import psycopg
from sqlalchemy import text

from chassis.database import Database
from chassis.testbed.databases import ServiceDatabase


async def test_a_restart_of_the_server_costs_no_transaction(
    database: Database, sample: ServiceDatabase, tenant: UUID
) -> None:
    async def backend() -> int:
        async with database.session(tenant) as session:
            return int((await session.connection.execute(text("select pg_backend_pid()"))).scalar_one())

    before = {await backend() for _ in range(2)} | set(await asyncio.gather(backend(), backend()))
    with psycopg.connect(sample.admin_url) as admin:
        admin.execute(
            "select pg_terminate_backend(pid, 5000) from unnest(%s::integer[]) as pid", [list(before)]
        )
    await asyncio.sleep(0.1)  # until the news arrives
    after = await asyncio.gather(*(backend() for _ in range(4)))
    assert before.isdisjoint(after)
