"""Roles and schemas of the services, made by an administrator of the database. Safe to repeat.

Per schema: `<s>_owner` owns it and migrates, `<s>_app` is what the service logs in as and owns nothing,
`<s>_relay` cannot log in; the app role steps into it to see the chassis tables of all tenants.
"""

from collections.abc import Iterable, Mapping, Sequence

import psycopg
from psycopg.sql import SQL, Composed, Identifier, Literal

SCHEMAS = ("segmentation", "content", "campaigns", "support", "risk", "gateway")
EXTENSIONS = ("btree_gist", "pg_trgm")


def provision(admin_url: str, schemas: Sequence[str], passwords: Mapping[str, str]) -> None:
    """`passwords` by role: {"risk_owner": …, "risk_app": …, …}."""
    with psycopg.connect(admin_url, autocommit=True, application_name="provision") as connection:
        database = Identifier(connection.info.dbname)
        connection.execute("select pg_advisory_lock(hashtextextended('quanzi.provision', 0))")
        for extension in EXTENSIONS:
            connection.execute(
                SQL("create extension if not exists {} with schema public").format(Identifier(extension))
            )
        connection.execute("revoke create on schema public from public")
        connection.execute(SQL("revoke all on database {} from public").format(database))
        for schema in schemas:
            with connection.transaction():
                for statement in (*_roles(schema, passwords), *_schema(schema, database)):
                    connection.execute(statement)


def _roles(schema: str, passwords: Mapping[str, str]) -> Iterable[Composed]:
    # noinherit: the app role has the relay's rights only after `set role`.
    for role in (f"{schema}_owner", f"{schema}_app", f"{schema}_relay"):
        yield SQL(
            "do $$ begin create role {} nologin noinherit nobypassrls;"
            " exception when duplicate_object or unique_violation then null; end $$"
        ).format(Identifier(role))
    for role in (f"{schema}_owner", f"{schema}_app"):
        yield SQL("alter role {} login password {}").format(Identifier(role), Literal(passwords[role]))
    yield SQL("grant {} to {}").format(Identifier(f"{schema}_relay"), Identifier(f"{schema}_app"))
    yield SQL("grant {} to current_user").format(Identifier(f"{schema}_owner"))


def _schema(schema: str, database: Identifier) -> Iterable[Composed]:
    owner, app, relay = (Identifier(f"{schema}_{role}") for role in ("owner", "app", "relay"))
    name = Identifier(schema)
    yield SQL("grant connect on database {} to {}, {}").format(database, owner, app)
    yield SQL("create schema if not exists {} authorization {}").format(name, owner)
    yield SQL("revoke all on schema {} from public").format(name)
    yield SQL("grant usage on schema {} to {}, {}").format(name, app, relay)
    yield SQL("alter default privileges for role {} in schema {} grant usage on sequences to {}").format(
        owner, name, app
    )
