"""Roles and schemas of the six processes, made and migrated when they are not up to date."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from chassis.embedded.children import Child, ChildFailed
from chassis.provision import SCHEMAS, provision
from quanzi_local.credentials import GATEWAY, Credentials
from quanzi_local.home import PROJECT, Home, NotUsable, write_private
from quanzi_local.launcher.parts import role_url
from quanzi_local.launcher.servers import Servers

REVISION = re.compile(r"""^(down_)?revision\b[^=\n]*=\s*(?:"([^"]+)"|None)""", re.MULTILINE)


def service_folder(schema: str) -> Path:
    return PROJECT / GATEWAY if schema == GATEWAY else PROJECT / "services" / schema


def provision_all(admin_url: str, credentials: Credentials) -> None:
    """Roles with the passwords kept here, and empty schemas. Raises NotUsable."""
    roles = (f"{schema}_{role}" for schema in SCHEMAS for role in ("owner", "app"))
    try:
        provision(admin_url, SCHEMAS, {role: credentials.password(role) for role in roles})
    except psycopg.OperationalError as error:
        raise NotUsable(f"cannot reach PostgreSQL: {error}") from error


def migrate_all(admin_url: str, credentials: Credentials, tell: Callable[[str], None]) -> None:
    """Every schema to its head, as its owner, one after the other."""
    from chassis.migrations import upgrade  # a second of imports that an up-to-date start saves

    for schema in SCHEMAS:
        tell(schema)
        owner = f"{schema}_owner"
        upgrade(service_folder(schema), role_url(admin_url, owner, credentials.password(owner)))


async def bring_up_to_date(
    home: Home, servers: Servers, credentials: Credentials, tell: Callable[[str], None]
) -> None:
    """Provision and migrate in a process of their own, unless nothing is to be done. Raises ChildFailed."""
    mark = home.secrets / "provisioned"
    provisioned = _fingerprint(servers, credentials)
    if mark.exists() and mark.read_text() == provisioned and at_heads(servers.database_url):
        return
    for verb in ("provision", "migrate"):
        tell(f"{verb}: {', '.join(SCHEMAS)}")
        await _run(verb, home, servers)
    write_private(mark, provisioned)


def at_heads(admin_url: str) -> bool:
    """Whether every schema has the latest revision of its migrations folder."""
    with psycopg.connect(admin_url, application_name="quanzi") as connection:
        tables = "select table_schema from information_schema.tables where table_name = 'alembic_version'"
        if not {schema for (schema,) in connection.execute(tables)}.issuperset(SCHEMAS):
            return False
        version = SQL("select {}::text, version_num from {}.alembic_version")
        versions = (version.format(Literal(schema), Identifier(schema)) for schema in SCHEMAS)
        current: set[tuple[str, str]] = set(connection.execute(SQL(" union all ").join(versions)))
    return current == {(schema, head) for schema in SCHEMAS for head in heads(service_folder(schema))}


def heads(folder: Path) -> set[str]:
    """Revisions nothing builds upon, read from the files without running them."""
    revisions: set[str] = set()
    built_upon: set[str] = set()
    for file in (folder / "migrations" / "versions").glob("*.py"):
        for down, revision in REVISION.findall(file.read_text(encoding="utf-8")):
            (built_upon if down else revisions).add(revision)
    return revisions - built_upon


def _fingerprint(servers: Servers, credentials: Credentials) -> str:
    """Changes with the database and with the passwords its roles should have."""
    place = "embedded" if servers.postgres else servers.database_url
    passwords = [credentials.password(f"{schema}_{role}") for schema in SCHEMAS for role in ("owner", "app")]
    return hashlib.sha256("\n".join((place, *passwords)).encode()).hexdigest()


async def _run(verb: str, home: Home, servers: Servers) -> None:
    log = home.logs / f"{verb}.log"
    environment = {**os.environ, "DATABASE_URL": servers.database_url, "QUANZI_HOME": str(home.root)}
    with Child(verb, [sys.executable, "-m", "quanzi_local", verb], log=log, environment=environment) as child:
        while child.running:  # noqa: ASYNC110  a process tells nobody
            await asyncio.sleep(0.05)
    if code := child.process.returncode:
        raise ChildFailed(verb, f"ended with code {code}", log)
