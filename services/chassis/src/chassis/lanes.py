"""Many messages onto JetStream at once, where some may not overtake others.

A lane is what has to go one after the other; lanes go side by side. One subscription hears all of their
acknowledgements: a future, a task and a timer for each message would cost more than sending it.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

import orjson
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.errors import APIError, NoStreamResponseError

T = TypeVar("T")
_NO_RESPONDERS = "503"


@dataclass(frozen=True, slots=True)
class Outgoing:
    subject: str
    body: bytes
    headers: dict[str, str]


async def publish_lanes(
    connection: Client,
    lanes: Sequence[Sequence[T]],
    outgoing: Callable[[T], Outgoing],
    *,
    ack_seconds: float,
    seconds: float,
) -> tuple[Sequence[T], Exception | None]:
    """What was stored, and why the rest was not. A failure ends its lane.

    Gives up when nothing is acknowledged for `ack_seconds`, and after `seconds` in any case.
    """
    flight = _Flight(connection, lanes, outgoing)
    subscription = await connection.subscribe(f"{flight.inbox}.*", cb=flight.hear)
    try:
        async with asyncio.timeout(seconds):
            for number in range(len(lanes)):
                await flight.send(number)
            await flight.landing(ack_seconds)
    except TimeoutError as error:
        flight.failures.append(error)
    finally:
        with suppress(NatsError):
            await subscription.unsubscribe()
    return flight.stored, flight.failures[0] if flight.failures else None


class _Flight(Generic[T]):
    """Of every lane one message is on its way: the reply subject ends in the number of its lane."""

    def __init__(
        self, connection: Client, lanes: Sequence[Sequence[T]], outgoing: Callable[[T], Outgoing]
    ) -> None:
        self.inbox = connection.new_inbox()
        self.stored: list[T] = []
        self.failures: list[Exception] = []
        self._connection = connection
        self._outgoing = outgoing
        self._lanes = [iter(lane) for lane in lanes]
        self._flying: dict[int, T] = {}
        self._unfinished = len(lanes)
        self._finished = asyncio.Event()

    async def send(self, number: int) -> None:
        """The next message of the lane, if there is one."""
        try:
            item = next(self._lanes[number])
        except StopIteration:
            self._finish()
            return
        message = self._outgoing(item)
        self._flying[number] = item
        try:
            await self._connection.publish(
                message.subject, message.body, reply=f"{self.inbox}.{number}", headers=message.headers
            )
        except (NatsError, OSError) as error:
            self._fail(error)

    async def hear(self, message: Msg) -> None:
        number = int(message.subject.rpartition(".")[2])
        try:
            _check(message)
        except NatsError as error:
            self._fail(error)
        else:
            self.stored.append(self._flying[number])
            await self.send(number)

    async def landing(self, patience: float) -> None:
        """Raises TimeoutError."""
        while not self._finished.is_set():
            stored = len(self.stored)
            try:
                async with asyncio.timeout(patience):
                    await self._finished.wait()
            except TimeoutError:
                if len(self.stored) == stored:
                    raise

    def _fail(self, error: Exception) -> None:
        self.failures.append(error)
        self._finish()

    def _finish(self) -> None:
        self._unfinished -= 1
        if not self._unfinished:
            self._finished.set()


def _check(acknowledgement: Msg) -> None:
    """Raises NoStreamResponseError, APIError."""
    if (acknowledgement.headers or {}).get("Status") == _NO_RESPONDERS:
        raise NoStreamResponseError
    if refusal := orjson.loads(acknowledgement.data).get("error"):
        raise APIError.from_error(refusal)
