"""Servers stop, crash and come late: nothing is lost, nothing is declared dead, each effect is there once."""

import asyncio
from contextlib import suppress
from uuid import UUID

import pytest
from nats.aio.client import Client
from nats.errors import Error as NatsError

from chassis import pull
from chassis.consumer import ActivityConsumer, EventConsumer, Received, Subscription
from chassis.database import Session
from chassis.embedded.nats import NatsServer
from chassis.messaging import ensure_streams, round_trip
from chassis.tenancy import TenantProfile
from chassis.testbed.loops import running
from chassis.testbed.servers import PostgresForTests
from chassis.testbed.waiting import until, until_true

from .conftest import (
    ACTIVITIES,
    EVENTS,
    Notebook,
    connected_to,
    dead_letters,
    send_activities,
    send_event,
    settled,
)


def consumer(client: Client, notebook: Notebook, name: str, tenant: UUID) -> ActivityConsumer[Session]:
    subjects = (ACTIVITIES.format(tenant),)
    wanted = Subscription(name, "INBOUND", subjects, notebook.write, retry_delay=0.05, max_deliveries=2)
    return ActivityConsumer(client, notebook.transaction, wanted)


async def test_an_outage_of_postgres_loses_and_buries_nothing(
    client: Client, notebook: Notebook, tenant: UUID, name: str, postgres_server: PostgresForTests
) -> None:
    server = postgres_server.embedded
    if server is None:
        pytest.skip("PostgreSQL was given: it is not ours to stop")

    async def redelivered() -> int:
        return (await client.jetstream().consumer_info("INBOUND", name)).num_redelivered or 0

    ids = [f"a{number:03}" for number in range(300)]
    async with running(consumer(client, notebook, name, tenant)):
        await send_activities(client.jetstream(), tenant, ids[:100])
        await until_true(lambda: notebook.notes(tenant) == ids[:100])
        server.kill()
        for start in range(100, 200, 10):
            await send_activities(client.jetstream(), tenant, ids[start : start + 10])
        await until(redelivered, bool, "a second delivery")
        await asyncio.sleep(4)  # more redeliveries than poison gets
        server.start()
        await send_activities(client.jetstream(), tenant, ids[200:])
        await settled(client, "INBOUND", name)
    assert notebook.notes(tenant) == ids
    assert await dead_letters(client, name) == []


async def test_a_crash_of_nats_loses_nothing(
    own_nats: NatsServer, notebook: Notebook, tenant: UUID, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pull, "ACK_WAIT", 2.0)  # what was on its way in the crash comes again after this
    ids = [f"a{number:03}" for number in range(200)]
    async with connected_to(own_nats) as sender, connected_to(own_nats) as receiver:
        await ensure_streams(sender.jetstream())
        async with running(consumer(receiver, notebook, name, tenant)):
            for number, activity_id in enumerate(ids):
                if number == 100:
                    own_nats.kill()
                    own_nats.start()
                await send_until_stored(sender, tenant, activity_id)
            await until_true(lambda: notebook.notes(tenant) == ids)
            await settled(sender, "INBOUND", name)
        assert await dead_letters(sender, name) == []
    assert notebook.notes(tenant) == ids


async def test_readiness_notices_that_nats_is_away(own_nats: NatsServer) -> None:
    async with connected_to(own_nats) as client:
        await round_trip(client)
        own_nats.kill()
        await until_true(lambda: not client.is_connected)
        with pytest.raises(NatsError):
            await round_trip(client)
        own_nats.start()
        await until_true(lambda: client.is_connected)
        await round_trip(client)


async def send_until_stored(client: Client, tenant: UUID, activity_id: str) -> None:
    js = client.jetstream(timeout=1)
    while True:
        with suppress(NatsError):
            return await send_activities(js, tenant, [activity_id], {"Nats-Msg-Id": activity_id})


async def test_a_consumer_waits_for_its_stream(
    own_nats: NatsServer, notebook: Notebook, tenant: UUID, name: str
) -> None:
    async with connected_to(own_nats) as client, running(consumer(client, notebook, name, tenant)):
        await asyncio.sleep(0.5)
        await ensure_streams(client.jetstream())
        await send_activities(client.jetstream(), tenant, ["a1"])
        await until_true(lambda: notebook.notes(tenant) == ["a1"])


async def test_messages_of_an_unknown_tenant_wait_and_do_not_hold_up_others(
    client: Client, notebook: Notebook, tenant: UUID, name: str
) -> None:
    early = UUID(int=tenant.int ^ 1)

    async def handle(session: Session, messages: list[Received]) -> None:
        await session.tenants.profile()
        await notebook.write(session, messages)

    async def register(tenant_id: UUID) -> None:
        async with notebook.database.session(tenant_id) as session:
            profile = TenantProfile(tenant_id, f"t-{tenant_id}", "茶", "Asia/Shanghai", "CNY")
            await session.tenants.save(profile)

    await register(tenant)
    wanted = Subscription(
        name, "EVENTS", (EVENTS.format(tenant), EVENTS.format(early)), handle, max_deliveries=1
    )
    async with running(EventConsumer(client, notebook.transaction, wanted)):
        await send_event(client.jetstream(), early, "early")
        await send_event(client.jetstream(), tenant, "known")
        await until_true(lambda: notebook.notes(tenant) == ["known"])
        await asyncio.sleep(1)
        await register(early)
        await until_true(lambda: notebook.notes(early) == ["early"])
    assert await dead_letters(client, name) == []
