"""From the stream to a receiver that verifies with the library of standard-webhooks."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any

import pytest
from nats.aio.client import Client
from nats.js.errors import NotFoundError
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from chassis.clock import utc_now
from chassis.consumer import EventConsumer
from chassis.database import Database
from chassis.ids import new_id
from chassis.testbed.waiting import until_true
from gateway.webhooks import recorder
from gateway.webhooks.attempt import WebhookClient
from gateway.webhooks.sender import WebhookSender

from ..conftest import PEPPER, Door
from .conftest import Publish, do, register, violation
from .receiver import Got, receiving


async def verified(got: Got, secret: str) -> dict[str, Any]:
    message: dict[str, Any] = Webhook(secret).verify(got.body, got.headers)
    return message


async def test_two_gateways_deliver_each_event_once_and_signed(
    admin: Door, database: Database, gateway_nats: Client, publish: Publish
) -> None:
    with suppress(NotFoundError):
        await gateway_nats.jetstream().delete_consumer("EVENTS", "gateway-webhooks")
    _, key = await register(admin)
    group = new_id()
    async with receiving() as receiver:
        payload = await do(admin, "webhookEndpointCreate", "secret", key, url=receiver.url)
        clients = [WebhookClient(allow_loopback=True) for _ in range(2)]
        loops = []
        for client in clients:
            subscription = recorder.subscription(utc_now)
            loops.append(EventConsumer(gateway_nats, database.session, subscription).run())
            loops.append(WebhookSender(database, client, PEPPER, utc_now).run())
        running = [asyncio.create_task(loop) for loop in loops]
        events = [await publish(violation(group)) for _ in range(40)]
        await publish(to=new_id())
        await until_true(lambda: len(receiver.got) >= len(events))
        await asyncio.sleep(0.5)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        for client in clients:
            await client.close()
    assert sorted(got.headers["webhook-id"] for got in receiver.got) == sorted(event.id for event in events)
    for got in receiver.got:
        message = await verified(got, payload["secret"])
        assert got.headers["content-type"].startswith("application/cloudevents+json")
        assert (message["specversion"], message["id"]) == ("1.0", got.headers["webhook-id"])
        assert (message["type"], message["source"]) == ("quanzi.risk.violation.opened.v1", "/quanzi/risk")
        assert message["data"]["groupId"] == str(group)
    (event,) = [event for event in events if event.id == message["id"]]
    assert message["data"] == json.loads(event.data)
    with pytest.raises(WebhookVerificationError):
        await verified(Got(got.path, got.headers, got.body + b" "), payload["secret"])


async def test_both_secrets_sign_while_rotating_and_the_test_button_uses_them(admin: Door) -> None:
    _, key = await register(admin)
    async with receiving() as receiver:
        made = await do(admin, "webhookEndpointCreate", "endpoint { id } secret", key, url=receiver.url)
        gid = made["endpoint"]["id"]
        rotated = await do(admin, "webhookEndpointSecretRotate", "secret", key, endpoint=gid)
        assert rotated["secret"] != made["secret"]
        payload = await do(
            admin, "webhookEndpointTest", "result { delivered responseCode error }", key, endpoint=gid
        )
        assert payload["result"] == {"delivered": True, "responseCode": 204, "error": None}
        (got,) = receiver.got
        for secret in (made["secret"], rotated["secret"]):
            assert (await verified(got, secret))["type"] == "quanzi.gateway.webhook_endpoint.tested.v1"
        receiver.always(500)
        payload = await do(
            admin, "webhookEndpointTest", "result { delivered responseCode }", key, endpoint=gid
        )
        assert payload["result"] == {"delivered": False, "responseCode": 500}


async def test_an_inner_address_is_refused_when_the_endpoint_is_made(admin: Door) -> None:
    _, key = await register(admin)
    for url in ("https://10.0.0.1/", "http://169.254.169.254/latest/meta-data", "https://no-such.invalid/"):
        payload = await do(admin, "webhookEndpointCreate", "secret", key, url=url)
        assert (payload["secret"], payload["userErrors"][0]["field"]) == (None, "url")
