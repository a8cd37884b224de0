"""A small service "sample" on a real PostgreSQL and NATS."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from chassis.database import Database
from chassis.ids import new_id
from chassis.testbed.databases import DatabaseFactory, ServiceDatabase
from quanzi.tenancy.v1.events_pb2 import TenantRegistered

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
SAMPLE = Path(__file__).parent / "sample"


@pytest.fixture
def sample(service_database: DatabaseFactory) -> Iterator[ServiceDatabase]:
    with service_database("sample", SAMPLE) as made:
        yield made


@pytest.fixture
async def database(sample: ServiceDatabase) -> AsyncIterator[Database]:
    database = Database.connect(sample.url, schema="sample", pool_size=8)
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
