"""A partner's tool: the events of its tenant from NATS, confirmations through GraphQL with its API key."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import nats
from nats.aio.client import Client
from nats.js import JetStreamContext

from chassis.testbed.waiting import until

from .front_end import FrontEnd

NATS_FIELDS = "partner { id nats { user stream consumer inboxPrefix } } apiKey"


@dataclass(frozen=True, slots=True)
class HeardEvent:
    """`kind` is `<entity>.<happened>`, as in `post.assigned`."""

    kind: str
    headers: dict[str, str]
    data: dict[str, Any]


@dataclass(slots=True)
class PartnerTool:
    """`access` is what `partnerRegister` answered."""

    access: dict[str, Any]
    front_end: FrontEnd
    nats_url: str
    heard: list[HeardEvent] = field(default_factory=list)

    @property
    def id(self) -> str:
        return str(self.access["partner"]["id"])

    @asynccontextmanager
    async def connected(self, errors: list[Exception] | None = None) -> AsyncIterator[Client]:
        """`errors` receives what the server says no to."""

        async def on_error(error: Exception) -> None:
            if errors is not None:
                errors.append(error)

        place = self.access["partner"]["nats"]
        connection = await nats.connect(
            self.nats_url,
            user=place["user"],
            password=self.access["apiKey"],
            inbox_prefix=place["inboxPrefix"].encode(),
            error_cb=on_error,
        )
        try:
            yield connection
        finally:
            await connection.close()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Takes and confirms its events, from the beginning on, into `heard`."""
        place = self.access["partner"]["nats"]
        async with self.connected() as connection:
            jetstream = connection.jetstream()
            place_in_events = await jetstream.pull_subscribe_bind(place["consumer"], stream=place["stream"])
            listening = asyncio.create_task(self._listen(place_in_events))
            try:
                yield
                assert not listening.done() or listening.exception() is None, listening.exception()
            finally:
                listening.cancel()
                await asyncio.wait([listening])

    async def event(self, kind: str, **facts: str) -> HeardEvent:
        """Waits for the first event of the kind with these facts."""

        async def found() -> HeardEvent | None:
            fitting = (one for one in self.heard if one.kind == kind and facts.items() <= one.data.items())
            return next(fitting, None)

        event = await until(found, bool, f"{kind} {facts}")
        assert event
        return event

    async def _listen(self, place_in_events: JetStreamContext.PullSubscription) -> None:
        while True:
            try:
                messages = await place_in_events.fetch(50, timeout=1)
            except TimeoutError:
                continue
            for message in messages:
                headers = message.headers or {}
                kind = ".".join(message.subject.split(".")[3:5])
                self.heard.append(HeardEvent(kind, headers, json.loads(message.data)))
                await message.ack()
