"""What a partner reaches on NATS, found out by trying. Two replicas of the gateway answer the server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import nats
import nats.errors
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.errors import NotFoundError, ServiceUnavailableError

from chassis.ids import new_id
from chassis.testbed.servers import NatsForTests
from chassis.testbed.waiting import PATIENCE
from gateway.partners.partner import API_PREFIX

from ..conftest import Door
from .conftest import Publish, do, register, violation


@dataclass(frozen=True, slots=True)
class Partner:
    id: str
    key: str
    client: Client
    refusals: list[str]

    @property
    def consumer(self) -> str:
        return f"partner-{self.id}"

    async def fetch(self, most: int = 10, wait: float = 1.0) -> list[Msg]:
        subscription = await self.client.jetstream().pull_subscribe_bind(self.consumer, "EVENTS")
        try:
            return await subscription.fetch(most, timeout=wait)
        except TimeoutError:
            return []
        finally:
            await subscription.unsubscribe()

    async def refused(self, subject: str, data: bytes = b"") -> bool:
        """Whether publishing is a permissions violation."""
        self.refusals.clear()
        await self.client.publish(subject, data)
        await self.client.flush()
        await asyncio.sleep(0.05)
        return any("permissions violation for publish" in told.lower() for told in self.refusals)

    async def may_not_hear(self, subject: str) -> bool:
        self.refusals.clear()
        await self.client.subscribe(subject)
        await self.client.flush()
        await asyncio.sleep(0.05)
        return any("permissions violation for subscription" in told.lower() for told in self.refusals)


def id_of(message: Msg) -> str:
    return (message.headers or {})["ce-id"]


LogIn = Callable[..., Awaitable[Partner]]


@pytest.fixture
async def log_in(nats_server: NatsForTests, responders: None, admin: Door) -> AsyncIterator[LogIn]:
    clients: list[Client] = []

    async def connect(gid: str, key: str) -> Partner:
        partner_id = gid.rpartition("/")[2]
        refusals: list[str] = []

        async def tell(error: Exception) -> None:
            refusals.append(str(error))

        client = await nats.connect(
            nats_server.url, user=partner_id, password=key, inbox_prefix=f"_INBOX_{partner_id}",
            allow_reconnect=False, error_cb=tell,
        )  # fmt: skip
        clients.append(client)
        return Partner(partner_id, key, client, refusals)

    yield connect
    for client in clients:
        await client.close()


async def test_a_partner_reads_and_confirms_the_events_of_its_tenant(
    log_in: LogIn, admin: Door, publish: Publish
) -> None:
    partner = await log_in(*await register(admin))
    mine = await publish()
    await publish(to=new_id())
    (message,) = await partner.fetch(wait=PATIENCE)
    assert id_of(message) == mine.id
    assert json.loads(message.data)["violationId"]
    assert (
        await partner.client.jetstream(prefix=API_PREFIX).consumer_info("EVENTS", partner.consumer)
    ).num_ack_pending == 1
    await message.ack_sync()
    assert (
        await partner.client.jetstream(prefix=API_PREFIX).consumer_info("EVENTS", partner.consumer)
    ).num_ack_pending == 0
    assert await partner.fetch(wait=0.3) == []


async def test_events_since_its_registration_wait_for_its_first_login(
    log_in: LogIn, admin: Door, publish: Publish
) -> None:
    await publish()
    gid, key = await register(admin)
    later = await publish()
    (message,) = await (await log_in(gid, key)).fetch(wait=PATIENCE)
    assert id_of(message) == later.id


async def test_nothing_else_can_be_done(
    log_in: LogIn, admin: Door, publish: Publish, gateway_nats: Client, tenant: UUID
) -> None:
    partner = await log_in(*await register(admin))
    other = await log_in(*await register(admin, "other"))
    for subject in (
        f"quanzi.{tenant}.>", "quanzi.>", f"quanzi.{new_id()}.risk.>", f"quanzi.{tenant}.inbound.>",
        f"quanzi.{tenant}.deadletter.>", "$JS.EVENT.>", "$SYS.>", "_INBOX.>", f"_INBOX_{other.id}.>", ">",
    ):  # fmt: skip
        assert await partner.may_not_hear(subject), subject
    for subject in (
        f"quanzi.{tenant}.risk.violation.opened.v1", f"quanzi.{tenant}.inbound.activities.v1",
        "$JS.API.INFO", "$JS.API.STREAM.LIST", "$JS.API.STREAM.INFO.EVENTS", "$JS.API.STREAM.PURGE.EVENTS",
        "$JS.API.STREAM.DELETE.EVENTS", "$JS.API.STREAM.MSG.GET.EVENTS", "$JS.API.DIRECT.GET.EVENTS",
        f"$JS.API.DIRECT.GET.EVENTS.quanzi.{tenant}.risk.violation.opened.v1",
        "$JS.API.CONSUMER.CREATE.EVENTS", f"$JS.API.CONSUMER.CREATE.EVENTS.{partner.consumer}",
        f"$JS.API.CONSUMER.DURABLE.CREATE.EVENTS.{partner.consumer}",
        f"$JS.API.CONSUMER.DELETE.EVENTS.{partner.consumer}", "$JS.API.CONSUMER.LIST.EVENTS",
        f"{API_PREFIX}.CONSUMER.MSG.NEXT.INBOUND.risk-activities", f"{API_PREFIX}.STREAM.INFO.EVENTS",
        f"{API_PREFIX}.CONSUMER.MSG.NEXT.EVENTS.gateway-webhooks", f"{API_PREFIX}.DIRECT.GET.EVENTS",
        f"{API_PREFIX}.CONSUMER.MSG.NEXT.EVENTS.{other.consumer}",
        f"{API_PREFIX}.CONSUMER.INFO.EVENTS.{other.consumer}",
        f"$JS.API.CONSUMER.INFO.EVENTS.{other.consumer}",
        f"$JS.API.CONSUMER.MSG.NEXT.EVENTS.{other.consumer}",
        f"$JS.ACK.EVENTS.{other.consumer}.1.1.1.1.1", "$SYS.REQ.USER.AUTH", f"_INBOX_{other.id}.x",
    ):  # fmt: skip
        assert await partner.refused(subject), subject


async def test_answers_cannot_be_sent_into_streams_of_the_platform(
    log_in: LogIn, admin: Door, publish: Publish, gateway_nats: Client, tenant: UUID
) -> None:
    partner = await log_in(*await register(admin))
    streams = gateway_nats.jetstream()

    async def stored() -> list[int]:
        return [(await streams.stream_info(name)).state.messages for name in ("EVENTS", "INBOUND")]

    await publish()
    before = await stored()
    for target in (f"quanzi.{new_id()}.inbound.activities.v1", f"quanzi.{tenant}.risk.violation.opened.v1"):
        next_message = f"{API_PREFIX}.CONSUMER.MSG.NEXT.EVENTS.{partner.consumer}"
        await partner.client.publish(next_message, b"1", reply=target)
    await partner.client.flush()
    await asyncio.sleep(0.3)
    assert await stored() == before


async def test_a_replay_begins_again_at_an_instant(log_in: LogIn, admin: Door, publish: Publish) -> None:
    gid, key = await register(admin)
    partner = await log_in(gid, key)
    await publish()
    instant = datetime.now(UTC)
    second = await publish()
    for message in await partner.fetch(2, wait=PATIENCE):
        await message.ack_sync()
    payload = await do(admin, "partnerReplay", "partner { id }", key, **{"from": instant.isoformat()})
    assert payload == {"partner": {"id": gid}, "userErrors": []}
    (again,) = await partner.fetch(wait=PATIENCE)
    assert id_of(again) == second.id
    payload = await do(admin, "partnerReplay", "partner { id }", key, **{"from": "2020-01-01T00:00:00Z"})
    assert (payload["userErrors"][0]["field"], payload["userErrors"][0]["code"]) == ("from", "INVALID")


async def test_a_partner_of_another_tenant_gets_none_of_it(
    log_in: LogIn, admin: Door, publish: Publish, keys: Any
) -> None:
    payload = await do(
        admin, "partnerRegister", "partner { id } apiKey", keys.token(tenant=new_id()), name="Stranger"
    )
    stranger = await log_in(payload["partner"]["id"], payload["apiKey"])
    await publish(violation())
    assert await stranger.fetch(wait=0.5) == []


async def test_wrong_old_and_ended_keys_do_not_log_in(
    log_in: LogIn, admin: Door, gateway_nats: Client
) -> None:
    gid, key = await register(admin)
    another, _ = await register(admin, "another")
    for user, password in ((gid, "qz_000000000000_" + "0" * 48), (another, key), (gid, "")):
        with pytest.raises(nats.errors.Error, match="Authorization"):
            await log_in(user, password)
    partner = await log_in(gid, key)
    await do(admin, "partnerDisable", "partner { id }", partner=gid)
    with pytest.raises(nats.errors.Error, match="Authorization"):
        await log_in(gid, key)
    with pytest.raises(NotFoundError):
        await gateway_nats.jetstream().consumer_info("EVENTS", partner.consumer)
    with pytest.raises(ServiceUnavailableError):
        await partner.fetch(wait=PATIENCE)
