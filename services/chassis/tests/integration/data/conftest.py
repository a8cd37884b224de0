"""A small service "sample" on a real PostgreSQL and NATS."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import make_url

from chassis.database import Database
from chassis.embedded import postgres
from chassis.embedded.postgres import PostgresServer
from chassis.ids import new_id
from chassis.migrations import upgrade
from chassis.provision import provision
from quanzi.tenancy.v1.events_pb2 import TenantRegistered

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
PASSWORDS = {"sample_owner": "owner", "sample_app": "app"}


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with postgres.start(tmp_path_factory.mktemp("postgres"), fsync=False) as server:
        yield server


@pytest.fixture(scope="session")
def admin_url(postgres_server: PostgresServer) -> str:
    return postgres_server.url


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
            "truncate sample.outbox, sample.inbox, sample.timers, sample.idempotency_keys,"
            " sample.tenants, sample.notes"
        )
    database = Database.connect(sample_urls["sample_app"], schema="sample", pool_size=8)
    yield database
    await database.dispose()


@pytest.fixture
def tenant() -> UUID:
    return new_id()


def registered(tenant: UUID, name: str = "tea") -> TenantRegistered:
    """Some event."""
    return TenantRegistered(tenant_id=str(tenant), slug="tea", name=name)


@dataclass(frozen=True)
class Request:
    """Some request with an idempotency key."""

    idempotency_key: str
    name: str = ""

    def SerializeToString(self, *, deterministic: bool = False) -> bytes:  # noqa: N802
        return TenantRegistered(tenant_id=self.idempotency_key, name=self.name).SerializeToString()


class Loop(Protocol):
    async def run(self) -> None: ...


@asynccontextmanager
async def running(*loops: Loop) -> AsyncIterator[None]:
    """They run during the block; one that fails fails the test."""
    tasks = [asyncio.create_task(loop.run()) for loop in loops]
    yield
    for task in tasks:
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        assert isinstance(result, asyncio.CancelledError), result


async def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110  (what is awaited happens in the database)
            await asyncio.sleep(0.02)
