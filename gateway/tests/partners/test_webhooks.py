"""From the record of an event to the endpoint, on a real database and receiver; the clock is the test's."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from chassis.database import Database
from chassis.ids import new_id
from chassis.testbed.waiting import PATIENCE, until_true
from chassis.wakeup import Wakeup
from gateway.webhooks import delivery_store
from gateway.webhooks.attempt import WebhookClient
from gateway.webhooks.delivery_store import Event
from gateway.webhooks.endpoint_store import PAUSED_AFTER, PAUSED_AFTER_FAILURES
from gateway.webhooks.sender import LEASE, WebhookSender

from ..conftest import PEPPER, Door
from .conftest import do, register
from .receiver import Receiver, receiving

TYPE = "quanzi.risk.violation.opened.v1"


@dataclass(slots=True)
class Sending:
    """The sender, and time that stands still unless moved."""

    database: Database
    tenant: UUID
    now: datetime
    timeout: float = 15.0
    clients: list[WebhookClient] = field(default_factory=list)

    def sender(self) -> WebhookSender:
        client = WebhookClient(allow_loopback=True, timeout=self.timeout)
        self.clients.append(client)
        return WebhookSender(self.database, client, PEPPER, lambda: self.now, chance=lambda: 0.5)

    async def send(self, sender: WebhookSender | None = None) -> int:
        """Once what is due, to the end."""
        async with asyncio.TaskGroup() as group:
            return await (sender or self.sender()).send_due(group, Wakeup())

    async def record(self, count: int = 1, groups: tuple[UUID, ...] = (), kind: str = TYPE) -> list[str]:
        ids = [str(new_id()) for _ in range(count)]
        events = [Event(one, kind, self.now, [str(group) for group in groups], b'{"id":1}') for one in ids]
        async with self.database.session(self.tenant) as session:
            await delivery_store.record(session, events, self.now)
        return ids


@pytest.fixture
async def sending(database: Database, tenant: UUID) -> AsyncIterator[Sending]:
    after_every_endpoint_was_made = datetime.now(UTC) + timedelta(minutes=4)
    sending = Sending(database, tenant, after_every_endpoint_was_made)
    yield sending
    for client in sending.clients:
        await client.close()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


async def endpoint(admin: Door, url: str, key: str | None = None, **more: Any) -> str:
    key = key or (await register(admin))[1]
    payload = await do(admin, "webhookEndpointCreate", "endpoint { id }", key, url=url, **more)
    assert payload["userErrors"] == [], payload
    return str(payload["endpoint"]["id"])


FIELDS = "id status attempts responseCode responseText error nextAttemptAt eventId"


async def deliveries(admin: Door, **filters: Any) -> list[dict[str, Any]]:
    query = (
        "query ($status: WebhookDeliveryStatus, $endpoint: ID) {"
        " webhookDeliveries(first: 100, status: $status, endpoint: $endpoint)"
        f" {{ nodes {{ {FIELDS} }} }} }}"
    )
    nodes: list[dict[str, Any]] = (await admin.ask(query, **filters))["data"]["webhookDeliveries"]["nodes"]
    return nodes


async def endpoints(admin: Door) -> list[dict[str, Any]]:
    query = "{ webhookEndpoints { nodes { id status statusReason failures failingSince } } }"
    nodes: list[dict[str, Any]] = (await admin.ask(query))["data"]["webhookEndpoints"]["nodes"]
    return nodes


async def test_it_is_delivered_once_and_kept(admin: Door, sending: Sending, receiver: Receiver) -> None:
    receiver.always(200)
    await endpoint(admin, receiver.url)
    (event_id,) = await sending.record()
    assert await sending.send() == 1
    assert await sending.send() == 0
    (got,) = receiver.got
    assert (got.headers["webhook-id"], got.body) == (event_id, b'{"id":1}')
    (kept,) = await deliveries(admin, status="DELIVERED")
    assert (kept["attempts"], kept["responseCode"], kept["responseText"]) == (1, 200, "ok")
    assert kept["nextAttemptAt"] is None


async def test_filters_choose_types_and_groups(admin: Door, sending: Sending) -> None:
    _, key = await register(admin)
    group = new_id()
    url = "http://127.0.0.1:9/"
    by_type = await endpoint(admin, url, key, eventTypes=[TYPE])
    by_group = await endpoint(admin, url, key, groups=[f"gid://quanzi/Group/{group}"])
    everything = await endpoint(admin, url, key)
    await sending.record(1, (new_id(), group))
    await sending.record(1, (new_id(),), kind="quanzi.risk.violation.handled.v1")
    await sending.record(1)
    counts = [len(await deliveries(admin, endpoint=one)) for one in (by_type, by_group, everything)]
    assert counts == [2, 1, 3]
    payload = await do(
        admin, "webhookEndpointUpdate", "endpoint { id }", endpoint=by_type, eventTypes=["x.y"]
    )
    assert (payload["userErrors"][0]["field"], payload["userErrors"][0]["code"]) == (
        "eventTypes[0]",
        "INVALID",
    )


async def test_recording_again_adds_nothing(admin: Door, sending: Sending, database: Database) -> None:
    await endpoint(admin, "http://127.0.0.1:9/")
    event = Event(str(new_id()), TYPE, sending.now, [], b"{}")

    async def record() -> int:
        async with database.session(sending.tenant) as session:
            return await delivery_store.record(session, [event], sending.now)

    assert sorted(await asyncio.gather(*(record() for _ in range(5)))) == [0, 0, 0, 0, 1]


async def test_events_from_before_the_endpoint_are_not_sent(admin: Door, sending: Sending) -> None:
    await endpoint(admin, "http://127.0.0.1:9/")
    sending.now -= timedelta(hours=1)
    await sending.record()
    assert await deliveries(admin) == []


async def test_a_failing_one_is_tried_ten_times_and_given_up(
    admin: Door, sending: Sending, receiver: Receiver
) -> None:
    receiver.always(500)
    await endpoint(admin, receiver.url)
    began = sending.now
    await sending.record()
    while await sending.send():
        (kept,) = await deliveries(admin)
        if kept["nextAttemptAt"]:
            due = datetime.fromisoformat(kept["nextAttemptAt"])
            sending.now = due - timedelta(milliseconds=1)
            assert await sending.send() == 0
            sending.now = due
    assert (kept["status"], kept["attempts"], len(receiver.got)) == ("FAILED", 10, 10)
    assert len({got.headers["webhook-id"] for got in receiver.got}) == 1
    assert sending.now - began > timedelta(days=3)


async def test_gone_disables_the_endpoint(admin: Door, sending: Sending, receiver: Receiver) -> None:
    receiver.always(410)
    gid = await endpoint(admin, receiver.url)
    await sending.record()
    await sending.send()
    await sending.record()
    assert await sending.send() == 0
    (known,) = await endpoints(admin)
    assert (known["status"], known["statusReason"]) == ("DISABLED", "it answered 410 Gone")
    receiver.always(204)
    await do(admin, "webhookEndpointUpdate", "endpoint { id }", endpoint=gid, active=True)
    assert await sending.send() == 1  # what was recorded meanwhile


@pytest.mark.parametrize("status", [429, 503])
async def test_a_busy_endpoint_is_left_alone_for_as_long_as_it_says(
    admin: Door, sending: Sending, receiver: Receiver, status: int
) -> None:
    receiver.always(status, retry_after="60")
    await endpoint(admin, receiver.url)
    await sending.record()
    await sending.send()
    receiver.always(204)
    await sending.record()
    sending.now += timedelta(seconds=59)
    assert await sending.send() == 0
    sending.now += timedelta(seconds=1)
    assert await sending.send() == 2
    assert {kept["attempts"] for kept in await deliveries(admin, status="DELIVERED")} == {1}


async def test_redirects_are_not_followed(admin: Door, sending: Sending, receiver: Receiver) -> None:
    receiver.always(302, location=receiver.url.replace("hook", "elsewhere"))
    await endpoint(admin, receiver.url)
    await sending.record()
    await sending.send()
    assert [got.path for got in receiver.got] == ["/hook"]
    (kept,) = await deliveries(admin)
    assert (kept["status"], kept["responseCode"]) == ("PENDING", 302)


async def test_silence_and_absence_are_failures(admin: Door, sending: Sending, receiver: Receiver) -> None:
    sending.timeout, receiver.delay = 0.2, 1.0
    _, key = await register(admin)
    silent = await endpoint(admin, receiver.url, key)
    absent = await endpoint(admin, "http://127.0.0.1:9/", key)
    await sending.record()
    await sending.send()
    (one,), (other,) = await deliveries(admin, endpoint=silent), await deliveries(admin, endpoint=absent)
    assert (one["error"], one["attempts"]) == ("no answer within 0.2 seconds", 1)
    assert "ConnectError" in other["error"]


async def test_an_endpoint_that_fails_for_long_is_paused_and_says_so(
    admin: Door, sending: Sending, receiver: Receiver
) -> None:
    receiver.always(500)
    gid = await endpoint(admin, receiver.url)
    sender = sending.sender()
    await sending.record(PAUSED_AFTER_FAILURES)
    while await sending.send(sender):
        pass
    (known,) = await endpoints(admin)
    assert (known["status"], known["failures"]) == ("ACTIVE", PAUSED_AFTER_FAILURES)
    sending.now += PAUSED_AFTER
    await sending.record()
    await sending.send(sender)
    (known,) = await endpoints(admin)
    assert known["status"] == "PAUSED"
    assert "failures in a row, the last: it answered 500" in known["statusReason"]
    assert await sending.send(sender) == 0
    receiver.always(204)
    await do(admin, "webhookEndpointUpdate", "endpoint { id }", endpoint=gid, active=True)
    sending.now += timedelta(days=1)
    while await sending.send(sender):
        pass
    assert len(await deliveries(admin, status="DELIVERED")) == PAUSED_AFTER_FAILURES + 1
    assert (await endpoints(admin))[0]["failures"] == 0


async def test_replicas_share_the_work(admin: Door, sending: Sending, receiver: Receiver) -> None:
    await endpoint(admin, receiver.url)
    ids = await sending.record(60)
    senders = [sending.sender() for _ in range(3)]

    async def drain(sender: WebhookSender) -> None:
        while await sending.send(sender):
            pass

    await asyncio.gather(*map(drain, senders))
    assert Counter(got.headers["webhook-id"] for got in receiver.got) == Counter(ids)


async def test_what_a_dead_replica_had_taken_is_sent_by_another(
    admin: Door, sending: Sending, receiver: Receiver, database: Database
) -> None:
    await endpoint(admin, receiver.url)
    await sending.record()
    async with database.relay_session() as relay:
        taken = await delivery_store.lease(relay, {}, 4, 64, sending.now, sending.now + LEASE)
    assert len(taken) == 1
    assert await sending.send() == 0
    sending.now += LEASE
    assert await sending.send() == 1


async def test_a_slow_endpoint_does_not_delay_another(
    admin: Door, sending: Sending, receiver: Receiver
) -> None:
    _, key = await register(admin)
    receiver.delay = sending.timeout = 2 * PATIENCE
    async with receiving() as quick:
        await endpoint(admin, receiver.url, key)
        await endpoint(admin, quick.url, key)
        running = asyncio.create_task(sending.sender().run())
        try:
            await sending.record(30)
            await until_true(lambda: len(quick.got) == 30)
            assert 1 <= len(receiver.got) <= 4
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def test_one_or_all_since_an_instant_are_sent_again(
    admin: Door, sending: Sending, receiver: Receiver
) -> None:
    gid = await endpoint(admin, receiver.url)
    await sending.record(2)
    await sending.send()
    (first, _) = await deliveries(admin)
    payload = await do(admin, "webhookDeliveryReplay", "delivery { status attempts }", delivery=first["id"])
    assert payload["delivery"] == {"status": "PENDING", "attempts": 0}
    assert await sending.send() == 1
    instant = sending.now + timedelta(hours=1)
    sending.now = instant
    await sending.record()
    await sending.send()
    payload = await do(admin, "webhookReplay", "deliveries", endpoint=gid, **{"from": instant.isoformat()})
    assert payload["deliveries"] == 1
    assert await sending.send() == 1
    repeated = Counter(got.headers["webhook-id"] for got in receiver.got)
    assert sorted(repeated.values()) == [1, 2, 2]


async def test_partners_see_and_change_their_own_only(admin: Door, sending: Sending) -> None:
    gid = await endpoint(admin, "http://127.0.0.1:9/")
    await sending.record()
    (delivery,) = await deliveries(admin)
    _, stranger = await register(admin, "other")
    listed = await admin.ask(
        "{ webhookEndpoints { nodes { id } } webhookDeliveries { nodes { id } } }", stranger
    )
    assert listed["data"] == {"webhookEndpoints": {"nodes": []}, "webhookDeliveries": {"nodes": []}}
    refused: list[tuple[str, str, dict[str, str]]] = [
        ("webhookEndpointUpdate", "endpoint { id }", {"endpoint": gid}),
        ("webhookEndpointSecretRotate", "secret", {"endpoint": gid}),
        ("webhookEndpointTest", "result { delivered }", {"endpoint": gid}),
        ("webhookReplay", "deliveries", {"endpoint": gid, "from": "2026-01-01T00:00:00Z"}),
        ("webhookDeliveryReplay", "delivery { id }", {"delivery": delivery["id"]}),
        ("webhookEndpointDelete", "deletedEndpointId", {"endpoint": gid}),
    ]
    for name, selection, given in refused:
        payload = await do(admin, name, selection, stranger, **given)
        assert [error["code"] for error in payload["userErrors"]] == ["NOT_FOUND"], name
    payload = await do(admin, "webhookEndpointDelete", "deletedEndpointId", endpoint=gid)
    assert payload == {"deletedEndpointId": gid, "userErrors": []}
    assert await deliveries(admin) == []


async def test_old_deliveries_are_forgotten(
    admin: Door, sending: Sending, receiver: Receiver, database: Database
) -> None:
    await endpoint(admin, receiver.url)
    await sending.record()
    async with database.relay_session() as relay:
        assert await delivery_store.forget(relay, sending.now) == 0
        assert await delivery_store.forget(relay, sending.now + timedelta(seconds=1)) == 1
