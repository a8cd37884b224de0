"""Tenants are kept apart by PostgreSQL itself: tried with the role and connection a service has."""

from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from chassis.database import Database
from chassis.ids import new_id
from chassis.migrations import upgrade
from chassis.testbed.databases import ServiceDatabase

from .conftest import NOW, SAMPLE, registered

INSERT = text("insert into notes (tenant_id, id, text) values (:tenant_id, :id, 'hello')")
NOTES = text("select * from notes")
POLICIES = """
    select tablename, qual, with_check from pg_policies
    where schemaname = 'sample' and policyname = 'tenant' order by tablename
"""


async def write_note(database: Database, tenant: UUID) -> None:
    async with database.session(tenant) as session:
        await session.connection.execute(INSERT, {"tenant_id": tenant, "id": new_id()})


async def count(database: Database, tenant: UUID) -> int:
    async with database.session(tenant) as session:
        return len((await session.connection.execute(NOTES)).all())


async def test_a_tenant_sees_its_rows_only(database: Database, tenant: UUID) -> None:
    other = new_id()
    await write_note(database, tenant)
    await write_note(database, tenant)
    await write_note(database, other)
    assert [await count(database, each) for each in (tenant, other, new_id())] == [2, 1, 0]


async def test_foreign_rows_cannot_be_written(database: Database, tenant: UUID) -> None:
    other = new_id()
    await write_note(database, other)
    with pytest.raises(DBAPIError, match="row-level security"):
        async with database.session(tenant) as session:
            await session.connection.execute(INSERT, {"tenant_id": other, "id": new_id()})
    await write_note(database, tenant)
    with pytest.raises(DBAPIError, match="row-level security"):
        async with database.session(tenant) as session:
            await session.connection.execute(text("update notes set tenant_id = :other"), {"other": other})
    async with database.session(tenant) as session:
        assert (await session.connection.execute(text("update notes set text = 'mine'"))).rowcount == 1
        assert (await session.connection.execute(text("delete from notes"))).rowcount == 1
    assert await count(database, other) == 1


async def test_without_a_tenant_there_is_nothing(
    database: Database, sample: ServiceDatabase, tenant: UUID
) -> None:
    await write_note(database, tenant)
    async with database.session(tenant) as session:
        await session.outbox.append([registered(tenant)], NOW)
    for url in (sample.url, sample.owner_url):
        with psycopg.connect(url, options="-c search_path=sample") as connection:
            for table in ("notes", "outbox", "timers", "inbox", "idempotency_keys", "tenants"):
                assert connection.execute(f"table {table}").fetchall() == [], (url, table)
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
                connection.execute("insert into notes values (gen_random_uuid(), gen_random_uuid(), 'hello')")


async def test_the_tenant_of_a_transaction_ends_with_it(sample: ServiceDatabase, tenant: UUID) -> None:
    database = Database.connect(sample.url, schema="sample", pool_size=1)
    await write_note(database, tenant)
    async with database._engine.begin() as connection:
        assert (await connection.execute(NOTES)).all() == []
    await database.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        "create table sample.mine ()",
        "create table public.mine ()",
        "drop table notes",
        "alter table notes disable row level security",
        "alter table notes no force row level security",
        "create policy mine on notes using (true)",
        "truncate notes",
        "set role sample_owner",
        "create role mine",
        "set session authorization sample_owner",
        "set row_security = off; select * from notes",
    ],
)
def test_the_app_role_cannot_help_itself(sample: ServiceDatabase, statement: str) -> None:
    with (
        psycopg.connect(sample.url, options="-c search_path=sample") as connection,
        pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidParameterValue)),
    ):
        connection.execute(statement)


def test_tables_isolated_by_earlier_revisions_are_isolated_as_all(sample: ServiceDatabase) -> None:
    with psycopg.connect(sample.owner_url, autocommit=True) as connection:
        made = connection.execute(POLICIES).fetchall()
        connection.execute("alter policy tenant on sample.notes using (tenant_id = gen_random_uuid())")
        upgrade(SAMPLE, sample.owner_url)
        assert connection.execute(POLICIES).fetchall() == made
        assert {(using, check) for _, using, check in made} == {(made[0][1], made[0][1])}


def test_the_app_role_owns_nothing_and_every_table_is_forced(sample: ServiceDatabase) -> None:
    with psycopg.connect(sample.admin_url) as connection:
        owned = connection.execute(
            "select count(*) from pg_shdepend where deptype = 'o' and refobjid = 'sample_app'::regrole"
        ).fetchone()
        open_tables = connection.execute(
            "select relname from pg_class where relnamespace = 'sample'::regnamespace and relkind = 'r'"
            " and not (relrowsecurity and relforcerowsecurity)"
        ).fetchall()
    assert owned == (0,)
    assert open_tables == [("alembic_version",)]


async def test_the_relay_role_sees_chassis_tables_of_all_tenants_and_no_other(
    database: Database, tenant: UUID
) -> None:
    await write_note(database, tenant)
    for each in (tenant, new_id()):
        async with database.session(each) as session:
            await session.outbox.append([registered(each)], NOW)
            await session.timers.schedule("wake", "1", NOW)
    async with database.relay_session() as connection:
        for table in ("outbox", "timers"):
            assert len((await connection.execute(text(f"table {table}"))).all()) == 2
    for statement in ("select * from notes", "select * from tenants", "update outbox set type = ''"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with database.relay_session() as connection:
                await connection.execute(text(statement))
