"""A fresh database for a test in tens of milliseconds: a copy of one that was migrated once."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Self

import psycopg
from psycopg.sql import SQL, Identifier

from chassis.migrations import upgrade
from chassis.provision import provision
from chassis.testbed.servers import PostgresForTests

_ONE_AT_A_TIME = (
    "select pg_advisory_xact_lock(hashtextextended('quanzi.testing', 0))"  # roles belong to the server
)


@dataclass(frozen=True, slots=True)
class ServiceDatabase:
    """`url` is what the service connects with; `owner_url` may change structure, `admin_url` everything.

    `migrated_at` is when its template was.
    """

    name: str
    schema: str
    url: str
    owner_url: str
    admin_url: str
    server: PostgresForTests
    migrated_at: datetime

    def drop(self) -> None:
        with psycopg.connect(self.server.url, autocommit=True) as connection:
            connection.execute(SQL("drop database if exists {} with (force)").format(Identifier(self.name)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.drop()


class DatabaseFactory:
    """`service_dir` defaults to the folder of the package named like the schema."""

    def __init__(self, server: PostgresForTests) -> None:
        self._server = server
        self._password = server.role_password
        self._templates: dict[str, ServiceDatabase] = {}
        self._made: list[ServiceDatabase] = []

    def __call__(self, schema: str, service_dir: Path | None = None) -> ServiceDatabase:
        template = self._templates.get(schema) or self._migrated(schema, service_dir or _folder_of(schema))
        return self._create(schema, template)

    def close(self) -> None:
        for database in self._made:
            database.drop()

    def _migrated(self, schema: str, service_dir: Path) -> ServiceDatabase:
        database = self._create(schema, None)
        passwords = {f"{schema}_owner": self._password, f"{schema}_app": self._password}
        with psycopg.connect(self._server.url) as connection:
            connection.execute(_ONE_AT_A_TIME)
            provision(database.admin_url, [schema], passwords)
        upgrade(service_dir, database.owner_url)
        self._templates[schema] = database
        return database

    def _create(self, schema: str, template: ServiceDatabase | None) -> ServiceDatabase:
        name = f"{schema}_{secrets.token_hex(6)}"
        with psycopg.connect(self._server.url, autocommit=True) as connection:
            connection.execute(
                SQL("create database {} template {}").format(
                    Identifier(name), Identifier(template.name if template else "template1")
                )
            )
        database = ServiceDatabase(
            name=name,
            schema=schema,
            url=self._server.url_of(name, f"{schema}_app", self._password),
            owner_url=self._server.url_of(name, f"{schema}_owner", self._password),
            admin_url=self._server.url_of(name),
            server=self._server,
            migrated_at=template.migrated_at if template else datetime.now(UTC),
        )
        self._made.append(database)
        return database


def _folder_of(service: str) -> Path:
    spec = find_spec(service)
    if spec is None or spec.origin is None:
        raise LookupError(f"no service {service!r}")
    return Path(spec.origin).parents[2]
