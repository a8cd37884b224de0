"""Provisioning and migrating: by whoever may, as often as wanted, several at once."""

from concurrent.futures import ThreadPoolExecutor
from subprocess import run
from sys import executable

import psycopg

from chassis.provision import provision
from chassis.testbed.databases import DatabaseFactory
from chassis.testbed.servers import PostgresForTests

from .conftest import SAMPLE

ROLES = ("managed_app", "managed_owner", "managed_relay")
UPGRADE = """
import sys
from pathlib import Path
from chassis.migrations import upgrade
upgrade(Path(sys.argv[1]), sys.argv[2])
"""


def test_an_administrator_without_superuser_provisions_twice(postgres_server: PostgresForTests) -> None:
    """As managed PostgreSQL gives one."""
    with psycopg.connect(postgres_server.url, autocommit=True) as connection:
        connection.execute("create role managed_admin login createrole password 'boss'")
        connection.execute("create database managed owner managed_admin")
    try:
        url = postgres_server.url_of("managed", "managed_admin", "boss")
        passwords = {"managed_owner": "first", "managed_app": "first"}
        provision(url, ["managed"], passwords)
        provision(url, ["managed"], {**passwords, "managed_app": "second"})
        with psycopg.connect(postgres_server.url_of("managed", "managed_app", "second")) as connection:
            found = connection.execute(
                "select rolname, rolcanlogin from pg_roles where rolname = any(%s) and not"
                " (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolinherit) order by 1",
                [list(ROLES)],
            ).fetchall()
            connection.execute("set role managed_relay")
        assert found == [("managed_app", True), ("managed_owner", True), ("managed_relay", False)]
    finally:
        with psycopg.connect(postgres_server.url, autocommit=True) as connection:
            connection.execute("drop database managed with (force)")
            for role in (*ROLES, "managed_admin"):
                connection.execute(f"drop role if exists {role}")


def test_replicas_that_migrate_at_once_wait_for_each_other(
    postgres_server: PostgresForTests, service_database: DatabaseFactory
) -> None:
    with service_database("sample", SAMPLE) as sample:
        with psycopg.connect(sample.owner_url, autocommit=True) as connection:
            connection.execute("drop owned by sample_owner cascade")
        with psycopg.connect(sample.admin_url, autocommit=True) as connection:
            connection.execute("create schema sample authorization sample_owner")
            connection.execute("grant connect on database " + sample.name + " to sample_owner")
        command = [executable, "-c", UPGRADE, str(SAMPLE), sample.owner_url]
        with ThreadPoolExecutor(3) as pool:
            ended = list(pool.map(lambda _: run(command, capture_output=True, text=True), range(3)))
        assert [(one.returncode, one.stderr) for one in ended] == [(0, "")] * 3
        with psycopg.connect(sample.owner_url, options="-c search_path=sample") as connection:
            assert connection.execute("table alembic_version").fetchall() == [("0001",)]
