"""The examples of docs/examples run as they are."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from google.protobuf.message import Message

from chassis.embedded.places import free_port
from chassis.ids import new_id
from chassis.testbed.servers import NatsForTests
from chassis.testbed.waiting import PATIENCE
from quanzi.risk.v1 import events_pb2

from ..conftest import Door
from .conftest import Publish, do, register
from .receiver import receiving

EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "examples"


@asynccontextmanager
async def running(name: str, *arguments: str, **environment: str) -> AsyncIterator[asyncio.StreamReader]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(EXAMPLES / name),
        *arguments,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    try:
        async with asyncio.timeout(PATIENCE):
            yield process.stdout
    finally:
        process.kill()
        await process.wait()


def task() -> Message:
    return events_pb2.ModeratorTaskCreated(
        task_id=str(new_id()), violation_id=str(new_id()), group_id=str(new_id()), member_id=str(new_id())
    )


async def test_the_client_prints_events_and_confirms_tasks(
    responders: None, admin: Door, publish: Publish, nats_server: NatsForTests
) -> None:
    partner, key = await register(admin)
    seen = await publish()
    created = await publish(task())
    async with receiving() as graphql:
        graphql.text = '{"data": {}}'
        graphql.always(200, content_type="application/json")
        environment = {
            "QUANZI_API_KEY": key, "QUANZI_PARTNER": partner, "NATS_URL": nats_server.url,
            "QUANZI_URL": graphql.url.removesuffix("/hook"),
        }  # fmt: skip
        async with running("partner_client.py", **environment) as output:
            assert seen.type in (await output.readline()).decode()
            assert created.type in (await output.readline()).decode()
            assert "reported" in (await output.readline()).decode()
    (got,) = graphql.got
    variables = json.loads(got.body)["variables"]
    assert variables["key"] == created.id
    assert variables["id"] == f"gid://quanzi/ModeratorTask/{json.loads(created.data)['taskId']}"
    assert got.headers["authorization"] == f"Bearer {key}"


async def test_the_receiver_verifies(admin: Door) -> None:
    _, key = await register(admin)
    url = f"http://127.0.0.1:{(port := free_port())}/"
    made = await do(admin, "webhookEndpointCreate", "endpoint { id } secret", key, url=url)
    async with running("webhook_receiver.py", str(port), QUANZI_WEBHOOK_SECRET=made["secret"]) as output:
        gid, delivered = made["endpoint"]["id"], False
        while not delivered:  # it has just been started
            payload = await do(admin, "webhookEndpointTest", "result { delivered }", key, endpoint=gid)
            delivered = payload["result"]["delivered"]
        assert "webhook_endpoint.tested" in (await output.readline()).decode()
        async with httpx.AsyncClient(trust_env=False) as http:
            assert (await http.post(url, json={})).status_code == 400
