"""`quanzi events tail SUBJECT`: what happens, as it happens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated

import typer
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import ConsumerConfig, DeliverPolicy

from chassis.cloudevents import CloudEvent, MalformedEvent
from chassis.messaging import EVENTS
from quanzi_local.connections import NatsLogin, nats_client
from quanzi_local.home import Home, NotUsable

STREAM_NAMES = "$JS.API.STREAM.NAMES"

app = typer.Typer(no_args_is_help=True)


@app.callback()
def events() -> None:
    """The events of the platform."""


@app.command()
def tail(
    subject: Annotated[
        str, typer.Argument(help="quanzi.<tenant>.<service>.<entity>.<happened>.v1, wildcards * and >")
    ],
    from_start: Annotated[
        bool, typer.Option("--from-start", help="All that is kept, not only new ones.")
    ] = False,
    count: Annotated[int | None, typer.Option(min=1, help="End after so many.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Print events, one a line, until Ctrl-C."""
    show = as_object if as_json else as_line
    with suppress(KeyboardInterrupt):
        asyncio.run(_tail(Home.find(), subject, from_start, count, show))


async def _tail(
    home: Home, subject: str, from_start: bool, count: int | None, show: Callable[[Msg], str]
) -> None:
    async with nats_client(NatsLogin.of(home)) as client:
        await _follow(client, subject, from_start, count, show)


async def _follow(
    client: Client, subject: str, from_start: bool, count: int | None, show: Callable[[Msg], str]
) -> None:
    policy = DeliverPolicy.ALL if from_start else DeliverPolicy.NEW
    subscription = await client.jetstream().subscribe(
        subject,
        stream=await _stream_of(client, subject),
        ordered_consumer=True,
        config=ConsumerConfig(deliver_policy=policy),
    )
    seen = 0
    async for message in subscription.messages:
        typer.echo(show(message))
        seen += 1
        if seen == count:
            return


async def _stream_of(client: Client, subject: str) -> str:
    """Events, where the subject has any; else the first stream that keeps it."""
    asked = json.dumps({"subject": subject}).encode()
    names = json.loads((await client.request(STREAM_NAMES, asked)).data)["streams"]
    if not names:
        raise NotUsable(f"no stream keeps {subject!r}: subjects are quanzi.<tenant>.<service>.…")
    return EVENTS if EVENTS in names else str(names[0])


def as_line(message: Msg) -> str:
    """Time, type, subject of the event, its body; for what is no event, subject and size."""
    try:
        event = CloudEvent.of(message.headers, message.data)
    except MalformedEvent:
        return f"{message.subject}  ({len(message.data)} bytes)"
    body = json.dumps(json.loads(event.data), ensure_ascii=False)
    kind = event.type.removeprefix("quanzi.")
    return f"{event.time.astimezone():%Y-%m-%d %H:%M:%S}  {kind}  {event.subject}  {body}"


def as_object(message: Msg) -> str:
    """Subject, headers and body; the body as JSON if it is."""
    try:
        body = json.loads(message.data)
    except ValueError:
        body = message.data.decode(errors="replace")
    return json.dumps(
        {"subject": message.subject, "headers": message.headers, "body": body}, ensure_ascii=False
    )
