"""A consumer of a small service "sample": writes one note per message, and fails where a test wants it to."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import nats
import psycopg
import pytest
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError
from sqlalchemy import text

from chassis.cloudevents import CloudEvent, encode_body
from chassis.consumer import PoisonMessage, Received
from chassis.database import Database, Session, transactions
from chassis.deadletters import BuriedLetter, list_dead_letters
from chassis.embedded.nats import NatsServer
from chassis.embedded.nats import start as start_nats
from chassis.ids import new_id
from chassis.messaging import ensure_streams
from chassis.testbed.databases import DatabaseFactory, ServiceDatabase
from chassis.testbed.servers import NatsForTests
from chassis.testbed.waiting import eventually
from quanzi.inbound.v1.activity_pb2 import Activity, ActivityBatch
from quanzi.tenancy.v1.events_pb2 import TenantRegistered

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
ACTIVITIES = "quanzi.{}.inbound.activities.v1"
EVENTS = "quanzi.{}.gateway.tenant.registered.v1"
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def sample(service_database: DatabaseFactory) -> Iterator[ServiceDatabase]:
    with service_database("sample", SAMPLE) as database:
        yield database


@dataclass
class Notebook:
    """Writes a note per message; `poison` are ids it fails on, `attempts` the ids it was given."""

    sample: ServiceDatabase
    database: Database
    poison: set[str] = field(default_factory=set)
    hopeless: set[str] = field(default_factory=set)
    attempts: list[str] = field(default_factory=list)
    seconds: float = 0.0

    async def write(self, session: Session, messages: Sequence[Received]) -> None:
        ids = [message.id for message in messages]
        self.attempts += ids
        await asyncio.sleep(self.seconds)
        if hopeless := self.hopeless.intersection(ids):
            raise PoisonMessage(f"hopeless: {hopeless}")
        if poison := self.poison.intersection(ids):
            raise ValueError(f"cannot digest {'、'.join(sorted(poison))}")
        await session.connection.execute(
            text("""
                insert into notes (tenant_id, id, text)
                select :tenant, gen_random_uuid(), unnest(cast(:ids as text[]))
            """),
            {"tenant": session.tenant_id, "ids": ids},
        )

    def transaction(self, tenant_id: UUID):
        return transactions(self.database, lambda session: session)(tenant_id)

    def notes(self, tenant: UUID) -> list[str]:
        """Sorted; asked as administrator, on a connection of its own."""
        with psycopg.connect(self.sample.admin_url) as connection:
            rows = connection.execute("select text from sample.notes where tenant_id = %s", [tenant])
            return sorted(row[0] for row in rows)


@pytest.fixture
async def notebook(sample: ServiceDatabase) -> AsyncIterator[Notebook]:
    database = Database.connect(sample.url, "sample", pool_size=4)
    yield Notebook(sample, database)
    await database.dispose()


@asynccontextmanager
async def connected(url: str, **login: str) -> AsyncIterator[Client]:
    async def quietly(_: Exception) -> None:
        """Outages are part of these tests."""

    client = await nats.connect(
        url, **login, error_cb=quietly, max_reconnect_attempts=-1, reconnect_time_wait=0.1
    )
    yield client
    await client.close()


@pytest.fixture
async def client(nats_server: NatsForTests) -> AsyncIterator[Client]:
    """As the gateway, which may publish activities and its own events."""
    async with connected(nats_server.url, **nats_server.login("gateway")) as client:
        await ensure_streams(client.jetstream())
        yield client


@pytest.fixture
async def admin(nats_server: NatsForTests) -> AsyncIterator[Client]:
    async with connected(nats_server.url, **nats_server.login("admin")) as client:
        yield client


@pytest.fixture
def own_nats(server_folder: Path) -> Iterator[NatsServer]:
    """One to kill, without streams."""
    with TemporaryDirectory(dir=server_folder) as name:
        Path(name).chmod(0o755)
        with start_nats(Path(name) / "nats") as server:
            yield server


@asynccontextmanager
async def connected_to(server: NatsServer, user: str = "gateway") -> AsyncIterator[Client]:
    async with connected(server.url, user=user, password=server.credentials.password(user)) as client:
        yield client


@pytest.fixture
def tenant() -> UUID:
    return new_id()


@pytest.fixture
def name() -> str:
    """Of a consumer nobody else uses."""
    return f"test-{new_id()}"


async def send_event(
    js: JetStreamContext, tenant: UUID, event_id: str, message_id: str | None = None
) -> None:
    message = TenantRegistered(tenant_id=str(tenant), slug="tea", name="茶")
    subject = EVENTS.format(tenant)
    event = CloudEvent(
        id=event_id,
        source="/quanzi/gateway",
        type="quanzi.gateway.tenant.registered.v1",
        subject=str(tenant),
        time=NOW,
        schema=message.DESCRIPTOR.full_name,
        partition_key=str(tenant),
        sequence=1,
        tenant_id=tenant,
        data=encode_body(message),
    )
    headers = event.headers() | ({"Nats-Msg-Id": message_id} if message_id else {})
    await js.publish(subject, event.data, headers=headers)


async def send_activities(
    js: JetStreamContext, tenant: UUID, ids: Sequence[str], headers: dict[str, str] | None = None
) -> None:
    activities = [
        Activity(activity_id=activity_id, source="test", source_id=activity_id) for activity_id in ids
    ]
    envelope = ActivityBatch(tenant_id=str(tenant), activities=activities)
    envelope.accepted_at.FromDatetime(NOW)
    await js.publish(ACTIVITIES.format(tenant), envelope.SerializeToString(), headers=headers)


async def dead_letters(client: Client, consumer: str) -> list[BuriedLetter]:
    return [letter async for letter in list_dead_letters(client.jetstream(), consumer=consumer)]


async def settled(client: Client, stream: str, consumer: str) -> None:
    """The consumer is there, and nothing is left to deliver or to acknowledge."""
    await eventually(lambda: _idle(client, stream, consumer), True)


async def _idle(client: Client, stream: str, consumer: str) -> bool:
    try:
        info = await client.jetstream().consumer_info(stream, consumer)
    except NotFoundError:
        return False
    return not info.num_pending and not info.num_ack_pending
