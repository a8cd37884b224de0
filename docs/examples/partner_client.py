"""A partner's tool in one page: reads the events of its tenant from NATS, and reports back by GraphQL.

    pip install nats-py httpx
    export QUANZI_API_KEY=qz_… QUANZI_PARTNER=gid://quanzi/Partner/… NATS_URL=nats://127.0.0.1:4222
    python partner_client.py

Every event comes at least once. What is done about it carries the id of the event as its idempotency key, so
that doing it again changes nothing; the event is confirmed to NATS only when it is done.
"""

# ruff: noqa: T201

import asyncio
import json
import os

import httpx
import nats
import nats.errors
from nats.aio.msg import Msg

API_KEY = os.environ["QUANZI_API_KEY"]
PARTNER = os.environ["QUANZI_PARTNER"].rpartition("/")[2]
NATS_URL = os.environ.get("NATS_URL", "nats://127.0.0.1:4222")
GRAPHQL_URL = os.environ.get("QUANZI_URL", "http://127.0.0.1:8000") + "/graphql"

# Event type → the mutation that reports it done. Send the post, remove the member … before you report.
REPORTS = {
    "quanzi.content.post.assigned.v1": (
        "mutation ($key: String!, $id: ID!) { postReportDelivery(input: {idempotencyKey: $key, post: $id,"
        " outcome: DELIVERED}) { userErrors { code message } } }",
        lambda data: f"gid://quanzi/Post/{data['postId']}",
    ),
    "quanzi.risk.moderator_task.created.v1": (
        "mutation ($key: String!, $id: ID!) { moderatorTaskConfirm(input: {idempotencyKey: $key, task: $id})"
        " { userErrors { code message } } }",
        lambda data: f"gid://quanzi/ModeratorTask/{data['taskId']}",
    ),
}


async def handle(graphql: httpx.AsyncClient, message: Msg) -> None:
    """An event that is not confirmed comes again after 30 seconds."""
    headers, data = message.headers, json.loads(message.data)
    print(headers["ce-time"], headers["ce-type"], data, flush=True)
    if report := REPORTS.get(headers["ce-type"]):
        query, id_of = report
        variables = {"key": headers["ce-id"], "id": id_of(data)}
        answer = await graphql.post(GRAPHQL_URL, json={"query": query, "variables": variables})
        result = answer.json()
        print("reported", result, flush=True)
        if "errors" in result:  # a service is away …; refusals are userErrors, and final
            return
    await message.ack()


async def read(graphql: httpx.AsyncClient) -> None:
    """Until the connection ends: a login lasts an hour."""
    connection = await nats.connect(
        NATS_URL, user=PARTNER, password=API_KEY, inbox_prefix=f"_INBOX_{PARTNER}", allow_reconnect=False
    )
    try:
        events = await connection.jetstream().pull_subscribe_bind(f"partner-{PARTNER}", stream="EVENTS")
        while True:
            try:
                messages = await events.fetch(50, timeout=20)
            except TimeoutError:
                continue
            for message in messages:
                await handle(graphql, message)
    finally:
        await connection.close()


async def main() -> None:
    async with httpx.AsyncClient(headers={"authorization": f"Bearer {API_KEY}"}) as graphql:
        while True:
            try:
                await read(graphql)
            except (nats.errors.Error, httpx.HTTPError, ValueError, OSError) as error:
                print("again in a second:", repr(error), flush=True)
                await asyncio.sleep(1)


asyncio.run(main())
