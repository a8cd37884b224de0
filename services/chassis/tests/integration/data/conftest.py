"""A small service "sample" on a real PostgreSQL and NATS."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from quanzi.tenancy.v1.events_pb2 import TenantRegistered
from sqlalchemy import make_url, text

from chassis.database import Database
from chassis.embedded import postgres
from chassis.ids import new_id
from chassis.migrations import upgrade
from chassis.provision import provision

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
PASSWORDS = {"sample_owner": "owner", "sample_app": "app"}


@pytest.fixture(scope="session")
def admin_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with postgres.start(tmp_path_factory.mktemp("postgres"), fsync=False) as server:
        yield server.url


@pytest.fixture(scope="session")
def sample_urls(admin_url: str) -> dict[str, str]:
    provision(admin_url, ["sample"], PASSWORDS)
    provision(admin_url, ["sample"], PASSWORDS)  # repeating changes nothing
    urls = {
        role: make_url(admin_url).set(username=role, password=password).render_as_string(hide_password=False)
        for role, password in PASSWORDS.items()
    }
    for _ in range(2):
        upgrade(Path(__file__).parent / "sample", urls["sample_owner"])
    return urls


@pytest.fixture
async def database(sample_urls: dict[str, str], admin_url: str) -> AsyncIterator[Database]:
    """Empty, and closed after the test."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(
            "truncate sample.outbox, sample.inbox, sample.timers, sample.idempotency_keys, sample.tenants, sample.notes"
        )
    database = Database.connect(sample_urls["sample_app"], schema="sample", pool_size=8)
    yield database
    await database.dispose()


@pytest.fixture
def tenant() -> UUID:
    return new_id()
