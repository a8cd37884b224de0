"""Handles messages of a stream in batches, each with its effect once, and none lost.

One transaction per tenant and batch claims the messages in the inbox and calls the handler; the messages are
acknowledged after it committed. When it fails:

- A transient fault (database gone, deadlock, tenant not yet known) puts all of them back with a growing
  delay, for as long as it takes.
- Otherwise the batch is halved until the ones that fail alone are found, so that the good ones go through.
  What failed alone `max_deliveries` times, or raised `PoisonMessage`, goes to DEADLETTERS, and only when it
  is stored there is it acknowledged.

Failures are counted here, in memory, and the JetStream consumer has no `max_deliver`: the server's counter
also counts deliveries that met an outage, and would give up good messages during a long one. A restart begins
counting anew, which costs a few more attempts at poison.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Generic, NamedTuple
from uuid import UUID

from google.protobuf.message import DecodeError, Message
from nats.aio.client import Client
from nats.aio.msg import Msg

from chassis.batch import BatchHandler, Item, Transactions, U, outage_delay
from chassis.batch import HasInbox as HasInbox
from chassis.cloudevents import CloudEvent, MalformedEvent
from chassis.faults import PoisonMessage as PoisonMessage
from chassis.pull import PullSource, respond
from quanzi.inbound.v1.activity_pb2 import Activity, ActivityBatch

_ENVELOPES_AHEAD = 32
_ACTIVITY = Activity.DESCRIPTOR.full_name
_EPOCH = datetime.fromtimestamp(0, UTC)


class Received(NamedTuple):
    """An event, or one activity. `id` is unique within the tenant and stays when it is delivered again."""

    id: str
    type: str
    tenant_id: UUID
    occurred_at: datetime
    traceparent: str | None
    carried: Activity | CloudEvent

    @property
    def message(self) -> Message:
        """The activity, or the body of the event, decoded when asked for. Raises MalformedEvent."""
        return self.carried.message() if isinstance(self.carried, CloudEvent) else self.carried


Handler = Callable[[U, Sequence[Received]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Subscription(Generic[U]):
    """`consumer` is the durable name, unique in the platform. A batch closes at `batch_size` items."""

    consumer: str
    stream: str
    subjects: tuple[str, ...]
    handle: Handler[U]
    batch_size: int = 200
    deduplicates: bool = True
    """Claim in the inbox; False when the handler's own unique key does it."""
    max_deliveries: int = 5
    retry_delay: float = 1.0
    """Seconds before an item that failed alone is tried again; doubles each time."""


@dataclass(slots=True)
class _Delivery:
    """A message and what it carries, all of one tenant, or why it cannot be read."""

    message: Msg
    items: Sequence[Item] = ()
    fault: Exception | None = None


class _Consumer(ABC, Generic[U]):
    """The loop of both consumers; they differ in what a message carries."""

    def __init__(
        self, connection: Client, transactions: Transactions[U], subscription: Subscription[U]
    ) -> None:
        self._connection = connection
        self._subscription = subscription
        self._handler = BatchHandler(connection, transactions, subscription)

    @property
    @abstractmethod
    def _prefetch(self) -> int:
        """Messages to ask for at a time."""

    @abstractmethod
    def _read(self, message: Msg) -> Sequence[Item]:
        """Raises PoisonMessage or MalformedEvent."""

    async def run(self) -> None:
        """Until cancelled; a batch that was begun is finished first."""
        wanted = self._subscription
        source = PullSource(self._connection, wanted.stream, wanted.consumer, wanted.subjects, self._prefetch)
        try:
            while True:
                await source.ready()
                await _finished(self._settle(source, self._gather(source)))
        finally:
            await source.close()

    def _gather(self, source: PullSource) -> Sequence[_Delivery]:
        deliveries: list[_Delivery] = []
        size = 0
        while size < self._subscription.batch_size and (message := source.take()):
            try:
                delivery = _Delivery(message, self._read(message))
            except (PoisonMessage, MalformedEvent) as fault:
                delivery = _Delivery(message, fault=fault)
            deliveries.append(delivery)
            size += max(1, len(delivery.items))
        return deliveries

    async def _settle(self, source: PullSource, deliveries: Sequence[_Delivery]) -> None:
        beating = asyncio.create_task(source.keep_alive([delivery.message for delivery in deliveries]))
        by_tenant: dict[UUID, dict[str, Item]] = {}
        twins: list[tuple[Item, Item]] = []
        for delivery in (delivery for delivery in deliveries if delivery.items):
            of_tenant = by_tenant.setdefault(delivery.items[0].received.tenant_id, {})
            pairs = ((item, of_tenant.setdefault(item.received.id, item)) for item in delivery.items)
            twins.extend((item, first) for item, first in pairs if first is not item)
        try:
            for tenant_id, items in by_tenant.items():
                await self._handler.handle(tenant_id, list(items.values()))
            for twin, first in twins:
                twin.handled, twin.delay = first.handled, first.delay
            for delivery in deliveries:
                await self._answer(delivery)
        finally:
            beating.cancel()

    async def _answer(self, delivery: _Delivery) -> None:
        message, fault = delivery.message, delivery.fault
        if fault is not None and not await self._handler.bury(message, "", message.data, fault):
            await respond(message.nak(outage_delay(message)))
        elif waiting := [item.delay for item in delivery.items if not item.handled]:
            await respond(message.nak(min(waiting)))
        else:
            await respond(message.ack())


class EventConsumer(_Consumer[U]):
    """CloudEvents: one item per message."""

    @property
    def _prefetch(self) -> int:
        return self._subscription.batch_size

    def _read(self, message: Msg) -> Sequence[Item]:
        event = CloudEvent.of(message.headers, message.data)
        _check_tenant(message, event.tenant_id)
        received = Received(
            id=event.id,
            type=event.type,
            tenant_id=event.tenant_id,
            occurred_at=event.time,
            traceparent=event.traceparent,
            carried=event,
        )
        return [Item(received, message, body=lambda: message.data)]


def _whatever(_: Activity) -> bool:
    return True


class ActivityConsumer(_Consumer[U]):
    """Envelopes of INBOUND: one item per activity that `concerns` the service; the others are skipped.

    A batch may exceed its size by one envelope.
    """

    def __init__(
        self,
        connection: Client,
        transactions: Transactions[U],
        subscription: Subscription[U],
        concerns: Callable[[Activity], bool] = _whatever,
    ) -> None:
        super().__init__(connection, transactions, subscription)
        self._concerns = concerns

    @property
    def _prefetch(self) -> int:
        return _ENVELOPES_AHEAD

    def _read(self, message: Msg) -> Sequence[Item]:
        envelope = ActivityBatch()
        try:
            envelope.ParseFromString(message.data)
            tenant_id = UUID(envelope.tenant_id)
        except (DecodeError, ValueError) as error:
            raise PoisonMessage(f"not an ActivityBatch: {error}") from error
        _check_tenant(message, tenant_id)
        traceparent = (message.headers or {}).get("traceparent")
        return [
            _activity(message, envelope, tenant_id, traceparent, activity)
            for activity in filter(self._concerns, envelope.activities)
        ]


def _activity(
    message: Msg, envelope: ActivityBatch, tenant_id: UUID, traceparent: str | None, activity: Activity
) -> Item:
    activity_id = activity.activity_id
    fault = None if activity_id else PoisonMessage("an activity without an id")
    occurred_at = _EPOCH
    try:
        since = activity.occurred_at
        occurred_at += timedelta(seconds=since.seconds, microseconds=since.nanos // 1000)
    except OverflowError as error:
        fault = PoisonMessage(f"occurred_at: {error}")
    received = Received(activity_id, _ACTIVITY, tenant_id, occurred_at, traceparent, activity)
    return Item(received, message, partial(_envelope_of_one, envelope, activity), fault)


def _envelope_of_one(envelope: ActivityBatch, activity: Activity) -> bytes:
    alone = ActivityBatch(
        tenant_id=envelope.tenant_id, accepted_at=envelope.accepted_at, activities=[activity]
    )
    return alone.SerializeToString()


def _check_tenant(message: Msg, tenant_id: UUID) -> None:
    """The subject is what permissions are about, so the contents may not name another tenant."""
    if message.subject.split(".")[1] != str(tenant_id):
        raise PoisonMessage(f"tenant {tenant_id} does not match the subject {message.subject}")


async def _finished(work: Coroutine[None, None, None]) -> None:
    """Awaits `work` to its end even if we are cancelled meanwhile; a second cancellation reaches it."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
