"""Alembic for a service: as the schema's owner, one at a time, never waiting long for a lock.

`migrations/env.py` of a service is two imports and `run_migrations("risk", metadata)`.
"""

import os
from pathlib import Path

from alembic import command, context, op
from alembic.config import Config
from sqlalchemy import Connection, MetaData, NullPool, create_engine, make_url, text

from chassis.tables import CHASSIS, erased_subjects, merged_subjects

LOCK_TIMEOUT = "5s"
RELAY_GRANTS = {
    "outbox": "select, delete",
    "timers": "select, update",
    "inbox": "select, delete",
    "idempotency_keys": "select, delete",
}
# A subquery is evaluated once a statement; without one the setting is read for every row looked at.
_OF_TENANT = "tenant_id = (select nullif(current_setting('quanzi.tenant_id', true), '')::uuid)"
NOTIFYING = {"outbox": "insert", "timers": "insert or update of due_at"}


def upgrade(service_dir: Path, url: str, revision: str = "head") -> None:
    """Bring the schema of a service to a revision, in this process; not from two threads at once."""
    config = Config()
    config.set_main_option("script_location", str(service_dir / "migrations").replace("%", "%%"))
    config.attributes["url"] = url
    command.upgrade(config, revision)


def run_migrations(schema: str, metadata: MetaData) -> None:
    """For `env.py`. The URL is that of the owner role: given by `upgrade`, else QUANZI_MIGRATIONS_URL."""
    url = context.config.attributes.get("url") or os.environ["QUANZI_MIGRATIONS_URL"]
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        poolclass=NullPool,
        connect_args={
            "options": f"-c search_path={schema},public",
            "application_name": f"{schema} migrations",
        },
    )
    with engine.connect() as connection:
        connection.execute(text("select pg_advisory_lock(hashtextextended(:name, 0))"), {"name": schema})
        connection.execute(text(f"set lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.commit()  # the advisory lock is the session's and stays until it closes
        context.configure(connection=connection, target_metadata=metadata, version_table_schema=schema)
        with context.begin_transaction():
            context.run_migrations()
            _renew_isolation(connection, schema)


def create_chassis_tables() -> None:
    """In the first revision of a service: outbox, inbox, timers, idempotency keys, tenants."""
    schema = _schema()
    CHASSIS.create_all(op.get_bind())
    isolate(*CHASSIS.tables)
    for table, privileges in RELAY_GRANTS.items():
        op.execute(f"grant {privileges} on {table} to {schema}_relay")
        op.execute(f"create policy relay on {table} to {schema}_relay using (true) with check (true)")
    op.execute(f"grant usage on schema {schema} to {schema}_relay")
    op.execute("""
        create function ring() returns trigger language plpgsql as $$
        begin
            perform pg_notify(tg_table_schema || '_' || tg_table_name, '');
            return null;
        end $$
    """)
    for table, change in NOTIFYING.items():
        op.execute(
            f"create trigger ring after {change} on {table} for each statement execute function ring()"
        )


def create_erased_subjects() -> None:
    """In a revision of a service that takes activities in: who was erased (`chassis.erased`)."""
    erased_subjects.create(op.get_bind())
    isolate(erased_subjects.name)


def create_merged_subjects() -> None:
    """In a revision of a service that counts per person: which ids are one person's (`chassis.merged`)."""
    merged_subjects.create(op.get_bind())
    isolate(merged_subjects.name)


def isolate(*tables: str) -> None:
    """In a revision: only rows of the transaction's tenant can be seen or written, by the owner too.

    Without a tenant there are no rows. The app role may read and write the tables, and change no structure.
    """
    schema = _schema()
    for table in tables:
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy tenant on {table} using ({_OF_TENANT}) with check ({_OF_TENANT})")
        op.execute(f"grant select, insert, update, delete on {table} to {schema}_app")


def _renew_isolation(connection: Connection, schema: str) -> None:
    """Tables isolated before `isolate` said what it says now get the same."""
    before = text("""
        select quote_ident(tablename) from pg_policies
        where schemaname = :schema and policyname = 'tenant' and qual not like '%SELECT%'
    """)
    for table in connection.execute(before, {"schema": schema}).scalars().all():
        connection.execute(
            text(f"alter policy tenant on {table} using ({_OF_TENANT}) with check ({_OF_TENANT})")
        )


def _schema() -> str:
    schema: str | None = op.get_context().version_table_schema
    if schema is None:
        raise RuntimeError("run migrations through chassis.migrations.run_migrations")
    return schema
