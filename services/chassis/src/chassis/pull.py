"""Messages of one durable consumer, fetched ahead while the previous ones are being handled.

What has arrived is handed over at once, so a lone message is not delayed and a flood comes in batches.
"""

import asyncio
import json
import time
from collections import deque
from collections.abc import Awaitable, Iterable, Sequence

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription as NatsSubscription
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from chassis import logs
from chassis.backoff import Backoff

ACK_WAIT = 30.0
_MAX_ACK_PENDING = 1_000
_REQUEST_SECONDS = 20.0
_HEARTBEAT_SECONDS = 2.0
_SILENCE_SECONDS = 3 * _HEARTBEAT_SECONDS
_NANO = 1_000_000_000
_HEARTBEAT, _EXPIRED = "100", "408"

log = logs.get_logger(__name__)


class PullSource:
    """Up to twice `prefetch` messages are held here, kept from being redelivered by `keep_alive`.

    Waits for a stream that does not exist yet; recovers from restarts of the server and a deleted consumer.
    """

    def __init__(
        self, connection: Client, stream: str, consumer: str, subjects: Sequence[str], prefetch: int
    ) -> None:
        self._connection = connection
        self._stream = stream
        self._config = ConsumerConfig(
            name=consumer,
            durable_name=consumer,
            filter_subjects=list(subjects),
            deliver_policy=DeliverPolicy.ALL,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=ACK_WAIT,
            max_deliver=-1,  # failures are counted by the consumer, see chassis.consumer
            max_ack_pending=_MAX_ACK_PENDING,
        )
        self._next = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"
        self._prefetch = prefetch
        self._buffer: deque[Msg] = deque()
        self._arrived = asyncio.Event()
        self._subscription: NatsSubscription | None = None
        self._lost = True
        self._inbox = ""
        self._outstanding = 0
        self._heard = 0.0
        self._reconnects = 0

    async def ready(self) -> None:
        """Returns when `take` has something to give. Raises only when the connection is closed for good."""
        while not self._buffer:
            if self._lost:
                await self._unbind()
                await self._bind()
            if self._outstanding <= 0:
                await self._request()
            self._arrived.clear()
            try:
                async with asyncio.timeout(_HEARTBEAT_SECONDS / 2):
                    await self._arrived.wait()
            except TimeoutError:
                self._check_alive()

    def take(self) -> Msg | None:
        return self._buffer.popleft() if self._buffer else None

    async def keep_alive(self, taken: Iterable[Msg]) -> None:
        """Tells the server, until cancelled, that what is held and `taken` is still being worked on."""
        while True:
            await asyncio.sleep(ACK_WAIT / 3)
            for message in (*taken, *self._buffer):
                await respond(message.in_progress())

    async def close(self) -> None:
        """Gives back what was not taken."""
        await self._unbind()
        while message := self.take():
            await respond(message.nak())

    async def _bind(self) -> None:
        backoff = Backoff(first=0.2, limit=5)
        while True:
            try:
                await self._connection.jetstream().add_consumer(self._stream, self._config)
                self._inbox = self._connection.new_inbox()
                self._subscription = await self._connection.subscribe(self._inbox, cb=self._receive)
            except (nats.errors.Error, TimeoutError) as error:
                if self._connection.is_closed:
                    raise
                if not backoff.failing:
                    log.warning("waiting for stream", stream=self._stream, reason=str(error))
                await asyncio.sleep(backoff.next())
            else:
                self._lost, self._outstanding = False, 0
                self._reconnects = self._connection.stats["reconnects"]
                return

    async def _unbind(self) -> None:
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            await respond(subscription.unsubscribe())

    async def _request(self) -> None:
        request = {
            "batch": self._prefetch,
            "expires": int(_REQUEST_SECONDS * _NANO),
            "idle_heartbeat": int(_HEARTBEAT_SECONDS * _NANO),
        }
        self._outstanding = self._prefetch
        self._heard = time.monotonic()
        await respond(self._connection.publish(self._next, json.dumps(request).encode(), reply=self._inbox))

    async def _receive(self, message: Msg) -> None:
        self._heard = time.monotonic()
        if message.reply:
            self._outstanding -= 1
            self._buffer.append(message)
            if self._outstanding == 0 and len(self._buffer) <= self._prefetch:
                await self._request()  # the next batch travels while this one is handled
        else:
            status = (message.headers or {}).get("Status")
            if status == _HEARTBEAT:
                return
            self._outstanding = 0
            self._lost = status != _EXPIRED  # the consumer was deleted, has moved, or is not there yet
        self._arrived.set()

    def _check_alive(self) -> None:
        """A request does not survive a reconnection, and the server beats the heart of one that is alive."""
        if self._connection.is_closed:
            raise nats.errors.ConnectionClosedError
        reconnected = self._connection.stats["reconnects"] != self._reconnects
        silent = self._connection.is_connected and time.monotonic() - self._heard > _SILENCE_SECONDS
        self._lost = self._lost or reconnected or silent


async def respond(sending: Awaitable[None]) -> None:
    """Sends an answer to the server; one that gets lost makes it deliver again, which the inbox expects."""
    try:
        await sending
    except nats.errors.Error as error:
        log.debug("not sent", reason=str(error))
