"""Every event is published, in order within its partition key, whatever is killed meanwhile."""

import asyncio
import json
import signal
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import nats
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from sqlalchemy import text

from chassis import telemetry, tenancy
from chassis.cloudevents import CloudEvent
from chassis.consumer import EventConsumer
from chassis.database import Database
from chassis.faults import is_transient
from chassis.ids import new_id
from chassis.messaging import EVENTS, ensure_streams
from chassis.relay import PublishFailed, Relay
from chassis.testbed.databases import ServiceDatabase
from chassis.testbed.loops import running
from chassis.testbed.servers import NatsForTests, PostgresForTests
from chassis.testbed.waiting import PATIENCE, eventually, until, until_true

from .conftest import NOW, registered

RELAY_PROCESS = """
import asyncio, json, sys
import nats
from chassis.database import Database
from chassis.relay import Relay

async def main(database_url, nats_url, login):
    client = await nats.connect(nats_url, **json.loads(login), max_reconnect_attempts=-1)
    await Relay(Database.connect(database_url, "sample"), client, "gateway").run()

asyncio.run(main(*sys.argv[1:]))
"""


async def connect(server: NatsForTests, user: str) -> Client:
    async def quiet(_: Exception) -> None:
        """Outages are part of the tests."""

    return await nats.connect(
        server.url,
        **server.login(user),
        max_reconnect_attempts=-1,
        reconnect_time_wait=0.1,
        error_cb=quiet,
    )


@pytest.fixture
async def client(nats_server: NatsForTests) -> AsyncIterator[Client]:
    """As the gateway, with an empty stream of events."""
    admin = await connect(nats_server, "admin")
    with suppress(nats.js.errors.NotFoundError):
        await admin.jetstream().delete_stream(EVENTS)
    await ensure_streams(admin.jetstream())
    await admin.close()
    client = await connect(nats_server, "gateway")
    yield client
    await client.close()


async def append(database: Database, tenant: UUID, names: Sequence[str]) -> None:
    async with database.session(tenant) as session:
        await session.outbox.append([registered(tenant, name) for name in names], NOW)


async def waiting(database: Database) -> int:
    async with database.relay_session() as connection:
        return len((await connection.execute(text("select id from outbox"))).all())


async def drained(database: Database) -> None:
    await eventually(lambda: waiting(database), 0)


async def published(client: Client) -> list[Msg]:
    """Everything in the stream, in its order."""
    jetstream = client.jetstream()
    count = (await jetstream.stream_info(EVENTS)).state.messages
    subscription = await jetstream.pull_subscribe("quanzi.>", stream=EVENTS)
    messages: list[Msg] = []
    while len(messages) < count:
        fetched = await subscription.fetch(500, timeout=PATIENCE)
        messages.extend(fetched)
        await asyncio.gather(*(message.ack() for message in fetched))
    await subscription.unsubscribe()
    return messages


def names_by_key(messages: Sequence[Msg]) -> dict[str, list[str]]:
    names = defaultdict(list)
    for message in messages:
        names[CloudEvent.of(message.headers, message.data).partition_key].append(
            json.loads(message.data)["name"]
        )
    return names


class Writers:
    """Tenants that each write numbered events, a few in a transaction, until told to stop."""

    def __init__(self, database: Database, pause: float) -> None:
        self._database, self._pause = database, pause
        self.written: dict[str, list[str]] = {str(new_id()): [] for _ in range(4)}

    @property
    def count(self) -> int:
        return sum(len(names) for names in self.written.values())

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        stop = asyncio.Event()
        tasks = [asyncio.create_task(self._write(UUID(tenant), stop)) for tenant in self.written]
        yield
        stop.set()
        await asyncio.gather(*tasks)

    async def _write(self, tenant: UUID, stop: asyncio.Event) -> None:
        names = self.written[str(tenant)]
        while not stop.is_set():
            batch = [str(len(names) + number) for number in range(5)]
            try:
                await append(self._database, tenant, batch)
                names.extend(batch)
            except Exception as error:
                if not is_transient(error):
                    raise
            await asyncio.sleep(self._pause)


async def test_an_event_arrives_as_a_cloud_event_and_keeps_its_trace(
    database: Database, client: Client, tenant: UUID
) -> None:
    with TracerProvider().get_tracer("test").start_as_current_span("call") as span:
        trace_id = trace.format_trace_id(span.get_span_context().trace_id)
        traceparent = telemetry.inject()["traceparent"]
        await append(database, tenant, ["茶铺"])
    relay = Relay(database, client, "gateway")
    assert not await relay.publish_batch()
    assert (relay.published, relay.pending_seconds, await waiting(database)) == (1, 0.0, 0)
    (message,) = await published(client)
    assert message.subject == f"quanzi.{tenant}.gateway.tenant.registered.v1"
    event = CloudEvent.of(message.headers, message.data)
    assert event.message() == registered(tenant, "茶铺")
    assert (event.type, event.source) == ("quanzi.gateway.tenant.registered.v1", "/quanzi/gateway")
    assert (event.time, event.partition_key, event.tenant_id) == (NOW, str(tenant), tenant)
    assert event.traceparent == traceparent
    assert trace_id in traceparent


async def test_two_relays_publish_everything_once_and_in_order(database: Database, client: Client) -> None:
    writers = Writers(database, pause=0.005)
    relays = [Relay(database, client, "gateway") for _ in range(2)]
    async with running(*relays):
        async with writers.at_work():
            await until_true(lambda: writers.count >= 600)
        await until_true(lambda: sum(relay.published for relay in relays) >= writers.count)
    assert names_by_key(await published(client)) == writers.written
    assert await waiting(database) == 0


async def test_relays_killed_under_load_lose_and_repeat_nothing(
    database: Database, client: Client, nats_server: NatsForTests, sample: ServiceDatabase
) -> None:
    async def start() -> asyncio.subprocess.Process:
        login = json.dumps(nats_server.login("gateway"))
        return await asyncio.create_subprocess_exec(
            sys.executable, "-c", RELAY_PROCESS, sample.url, nats_server.url, login
        )

    async def stored() -> int:
        return (await client.jetstream().stream_info(EVENTS)).state.messages

    async def some_more() -> None:
        before = await stored()
        await until(stored, lambda now: now > before, "a relay at work")

    async def kill(process: asyncio.subprocess.Process) -> None:
        process.send_signal(signal.SIGKILL)
        await process.wait()

    writers = Writers(database, pause=0.01)
    processes = [await start(), await start()]
    kills = 0
    async with writers.at_work():
        await some_more()
        for _ in range(3):
            for index in range(2):
                await kill(processes[index])
                kills += 1
                processes[index] = await start()
                await some_more()
    await drained(database)
    for process in processes:
        await kill(process)
    assert names_by_key(await published(client)) == writers.written
    print(f"{kills} kills under load, {writers.count} events published once each")


async def test_outages_of_nats_and_postgresql_are_waited_out(
    database: Database, client: Client, nats_server: NatsForTests, postgres_server: PostgresForTests
) -> None:
    servers = [server.embedded for server in (nats_server, postgres_server) if server.embedded]
    if len(servers) < 2:
        pytest.skip(
            "stops and starts servers, which needs the embedded ones: DATABASE_URL or NATS_URL is given"
        )
    writers = Writers(database, pause=0.02)
    relay = Relay(database, client, "gateway")
    async with running(relay):
        async with writers.at_work():
            await asyncio.sleep(0.5)
            for server in servers:
                await asyncio.to_thread(server.stop)
                await asyncio.sleep(1)
                server.start()  # in this thread: the server ends with the thread that started it
                await asyncio.sleep(1)
                await asyncio.to_thread(server.kill)
                server.start()
                await asyncio.sleep(1)
        await drained(database)
    received = names_by_key(await published(client))
    for tenant, names in writers.written.items():
        # A commit whose answer was lost with its connection is written again by the test's writer.
        assert list(dict.fromkeys(received[tenant])) == names
    print(f"{writers.count} events over two restarts of each server")


async def test_no_event_overtakes_one_of_its_key_that_failed(
    database: Database, client: Client, nats_server: NatsForTests, tenant: UUID
) -> None:
    other = new_id()
    admin = await connect(nats_server, "admin")
    config = (await admin.jetstream().stream_info(EVENTS)).config
    await admin.jetstream().update_stream(config, max_msg_size=5_000)
    await append(database, tenant, ["1", "2" * 5_000, "3"])
    await append(database, other, ["a", "b"])
    relay = Relay(database, client, "gateway")
    with pytest.raises(PublishFailed, match=r"2 of 5 events.*message size exceeds maximum"):
        await relay.publish_batch()
    assert relay.pending_seconds > 0
    assert names_by_key(await published(client)) == {str(tenant): ["1"], str(other): ["a", "b"]}
    await admin.jetstream().update_stream(config, max_msg_size=-1)
    await relay.publish_batch()
    assert names_by_key(await published(client))[str(tenant)] == ["1", "2" * 5_000, "3"]
    assert await waiting(database) == 0
    await admin.close()


async def test_every_schema_keeps_a_copy_of_the_tenants(
    database: Database, client: Client, tenant: UUID
) -> None:
    await append(database, tenant, ["茶铺", "新茶铺"])
    consumer = EventConsumer(client, database.session, tenancy.subscription("sample"))

    async def names() -> list[str]:
        """As stored: a profile that was read is kept for a while."""
        async with database.session(tenant) as session:
            return list((await session.connection.execute(text("select name from tenants"))).scalars())

    async with running(Relay(database, client, "gateway"), consumer):
        await eventually(names, ["新茶铺"])
