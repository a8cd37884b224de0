"""Partners on real servers: a database, NATS with its auth callout, the graph in front."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import nats
import pytest
from google.protobuf.message import Message
from nats.aio.client import Client

from chassis.clock import utc_now
from chassis.cloudevents import CloudEvent, encode_body
from chassis.database import Database
from chassis.event_type import event_type
from chassis.ids import new_id
from chassis.messaging import ensure_streams
from chassis.testbed.databases import DatabaseFactory
from chassis.testbed.servers import NatsForTests
from gateway.auth_callout.responder import AuthResponder
from gateway.auth_callout.tokens import Issuer
from gateway.gateway import Gateway
from gateway.partners.directory import PartnerDirectory
from gateway.partners.event_feed import EventFeed
from quanzi.risk.v1 import events_pb2

from ..conftest import PEPPER, Door, Keys

Publish = Callable[..., Awaitable[CloudEvent]]


@pytest.fixture
async def database(service_database: DatabaseFactory) -> AsyncIterator[Database]:
    with service_database("gateway") as made:
        database = Database.connect(made.url, "gateway", pool_size=10)
        yield database
        await database.dispose()


@pytest.fixture(scope="session")
async def gateway_nats(nats_server: NatsForTests) -> AsyncIterator[Client]:
    client = await nats.connect(nats_server.url, **nats_server.login("gateway"))
    await ensure_streams(client.jetstream())
    yield client
    await client.close()


@pytest.fixture
def tenant() -> UUID:
    """New for each test, as the stream is not."""
    return new_id()


@pytest.fixture
async def admin(
    make_gateway: Callable[..., Gateway], keys: Keys, database: Database, gateway_nats: Client, tenant: UUID
) -> AsyncIterator[Door]:
    """The graph as an administrator of the tenant; webhooks may go to loopback addresses."""
    gateway = make_gateway(database=database, nats=gateway_nats, gateway_development=True)
    door = Door(gateway, keys.token(tenant=tenant))
    yield door
    await door.http.aclose()
    await gateway.clients.close()


@pytest.fixture
async def responders(
    nats_server: NatsForTests, gateway_nats: Client, database: Database
) -> AsyncIterator[None]:
    if nats_server.credentials is None:
        pytest.skip("the given NATS server keeps its issuer seed to itself")
    directory = PartnerDirectory(database, PEPPER, utc_now)
    feed = EventFeed(gateway_nats.jetstream())
    issuer = Issuer(nats_server.credentials.issuer_seed_file)
    running = [
        asyncio.create_task(AuthResponder(gateway_nats, directory, feed, issuer, utc_now).run())
        for _ in range(2)
    ]
    await asyncio.sleep(0)
    await gateway_nats.flush()
    yield
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


@pytest.fixture
async def publish(nats_server: NatsForTests, gateway_nats: Client, tenant: UUID) -> AsyncIterator[Publish]:
    """Puts an event of risk into the stream, as its relay does."""
    client = await nats.connect(nats_server.url, **nats_server.login("risk"))

    async def put(message: Message | None = None, to: UUID = tenant) -> CloudEvent:
        message = message or violation()
        kind = event_type(message.DESCRIPTOR)
        event = CloudEvent(
            id=str(new_id()), source="/quanzi/risk", type=kind.name, subject="m1", time=datetime.now(UTC),
            schema=kind.schema, partition_key="m1", sequence=1, tenant_id=to, data=encode_body(message),
        )  # fmt: skip
        await client.jetstream().publish(
            kind.subject(to), event.data, headers={**event.headers(), "Nats-Msg-Id": event.id}
        )
        return event

    yield put
    await client.close()


def violation(group_id: UUID | None = None) -> Message:
    return events_pb2.ViolationOpened(
        violation_id=str(new_id()), group_id=str(group_id or new_id()), member_id=str(new_id())
    )


async def do(door: Door, mutation: str, selection: str, token: str | None = None, **input: Any) -> Any:  # noqa: A002
    """The payload of a mutation; `selection` of it beside its user errors."""
    name = mutation[0].upper() + mutation[1:]
    answer = await door.ask(
        f"mutation ($input: {name}Input!) {{ {mutation}(input: $input) "
        f"{{ {selection} userErrors {{ field code message }} }} }}",
        token,
        input=input,
    )
    assert "errors" not in answer, answer
    return answer["data"][mutation]


async def register(door: Door, name: str = "SCRM") -> tuple[str, str]:
    """Global id and API key."""
    payload = await do(door, "partnerRegister", "partner { id } apiKey", name=name)
    assert payload["userErrors"] == []
    return payload["partner"]["id"], payload["apiKey"]
