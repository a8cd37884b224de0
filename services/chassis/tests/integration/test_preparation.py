"""`python -m chassis`: what a release does before its processes start, with files for secrets."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nats
import psycopg

from chassis.messaging import EVENTS
from chassis.provision import SCHEMAS
from chassis.testbed.databases import DatabaseFactory
from chassis.testbed.servers import NatsForTests, PostgresForTests

SAMPLE = Path(__file__).parent / "data" / "sample"


def chassis(verb: str, secrets: Path, **variables: object) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("QUANZI_")}
    environment |= {"QUANZI_SECRETS_DIR": str(secrets)}
    environment |= {f"QUANZI_{name}".upper(): str(value) for name, value in variables.items()}
    return subprocess.run(
        [sys.executable, "-m", "chassis", verb], env=environment, capture_output=True, text=True, timeout=120
    )


def test_roles_schemas_and_tables_are_made_twice_without_harm(
    postgres_server: PostgresForTests, tmp_path: Path
) -> None:
    roles = [f"{schema}_{role}" for schema in SCHEMAS for role in ("owner", "app")]
    with psycopg.connect(postgres_server.url, autocommit=True) as connection:
        connection.execute("create database prepared")
        kept = connection.execute(
            "select rolname, rolpassword from pg_authid where rolname = any(%s)", [roles]
        ).fetchall()
    try:
        (tmp_path / "quanzi_admin_url").write_text(postgres_server.url_of("prepared"))
        for role in roles:
            (tmp_path / role).write_text("of-this-test\n")
        for _ in range(2):
            made = chassis("provision", tmp_path, role_passwords_dir=tmp_path)
            assert made.returncode == 0, made.stderr
        owner = postgres_server.url_of("prepared", "risk_owner", "of-this-test")
        with psycopg.connect(owner) as connection:
            assert connection.execute("select to_regnamespace('risk') is not null").fetchone() == (True,)
    finally:
        with psycopg.connect(postgres_server.url, autocommit=True) as connection:
            connection.execute("drop database prepared with (force)")
            for role, password in kept:  # roles belong to the server; other tests log in as them
                connection.execute(f"alter role {role} password '{password}'")


async def test_the_streams_are_there(nats_server: NatsForTests, tmp_path: Path) -> None:
    settings = {name.removeprefix("QUANZI_"): value for name, value in nats_server.settings("admin").items()}
    for _ in range(2):
        made = chassis("streams", tmp_path, **settings)
        assert made.returncode == 0, made.stderr
    client = await nats.connect(nats_server.url, **nats_server.login("admin"))
    try:
        assert (await client.jetstream().stream_info(EVENTS)).config.num_replicas == 1
    finally:
        await client.close()


def test_a_schema_is_brought_to_its_head(service_database: DatabaseFactory, tmp_path: Path) -> None:
    with service_database("sample", SAMPLE) as sample:
        (tmp_path / "quanzi_migrations_url").write_text(sample.owner_url)
        migrated = chassis("migrate", tmp_path, migrations_dir=SAMPLE)
        assert migrated.returncode == 0, migrated.stderr
        with psycopg.connect(sample.owner_url, options="-c search_path=sample") as connection:
            assert connection.execute("table alembic_version").fetchall() == [("0001",)]


def test_a_missing_setting_and_an_unknown_verb_are_named(tmp_path: Path) -> None:
    refused = chassis("migrate", tmp_path)
    assert (refused.returncode, refused.stderr) == (1, "settings: QUANZI_MIGRATIONS_URL is missing\n")
    assert "usage: python -m chassis provision|migrate|streams" in chassis("dance", tmp_path).stderr
