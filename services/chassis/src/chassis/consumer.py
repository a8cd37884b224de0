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
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, Protocol, TypeVar
from uuid import UUID

import nats.errors
import structlog
from google.protobuf.message import DecodeError, Message
from nats.aio.client import Client
from nats.aio.msg import Msg
from opentelemetry import trace

from chassis import logs, telemetry
from chassis.backoff import pause_after
from chassis.cloudevents import CloudEvent, MalformedEvent
from chassis.deadletters import DeadLetter, bury
from chassis.faults import is_transient
from chassis.pull import PullSource, respond
from quanzi.inbound.v1.activity_pb2 import Activity, ActivityBatch

_OUTAGE_DELAYS = (0.5, 10.0)  # first and longest, seconds
_LONGEST_RETRY_DELAY = 30.0
_COUNTED = 10_000
_MAX_LINKS = 32
_ENVELOPES_AHEAD = 32

log = logs.get_logger(__name__)


class PoisonMessage(Exception):
    """Raised by a handler: this message will never be handled, do not try again."""


@dataclass(frozen=True, slots=True)
class Received:
    """An event, or one activity. `id` is unique within the tenant and stays when it is delivered again."""

    id: str
    type: str
    tenant_id: UUID
    occurred_at: datetime
    message: Message
    traceparent: str | None


class Claims(Protocol):
    async def claim(self, consumer: str, ids: Sequence[str]) -> set[str]: ...


class HasInbox(Protocol):
    """What a consumer needs of a unit of work."""

    @property
    def inbox(self) -> Claims: ...


U = TypeVar("U", bound=HasInbox)
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


@dataclass(slots=True, eq=False)
class _Item:
    """One thing to handle, from the message `origin`. `body` is what is kept of it when it is dead."""

    received: Received
    origin: Msg
    body: Callable[[], bytes]
    handled: bool = False
    delay: float = 0.0

    @property
    def key(self) -> tuple[UUID, str]:
        return self.received.tenant_id, self.received.id


@dataclass(slots=True)
class _Delivery:
    """A message and what it carries, or why it cannot be read."""

    message: Msg
    items: Sequence[_Item] = ()
    fault: Exception | None = None


class _Consumer(Generic[U]):
    """The loop both consumers share; they differ in what a message carries."""

    def __init__(
        self,
        connection: Client,
        transactions: Callable[[UUID], AbstractAsyncContextManager[U]],
        subscription: Subscription[U],
        read: Callable[[Msg], Sequence[_Item]],
        prefetch: int,
    ) -> None:
        self._connection = connection
        self._transactions = transactions
        self._subscription = subscription
        self._read = read
        self._prefetch = prefetch
        self._failures: OrderedDict[tuple[UUID, str], int] = OrderedDict()
        self._interrupted = False

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
        try:
            by_tenant: dict[UUID, dict[str, _Item]] = {}
            twins: list[tuple[_Item, _Item]] = []
            for item in (item for delivery in deliveries for item in delivery.items):
                group = by_tenant.setdefault(item.received.tenant_id, {})
                first = group.setdefault(item.received.id, item)
                if first is not item:
                    twins.append((item, first))
            for tenant_id, group in by_tenant.items():
                with structlog.contextvars.bound_contextvars(tenant=str(tenant_id)):
                    await self._handle(tenant_id, list(group.values()))
            for twin, first in twins:
                twin.handled, twin.delay = first.handled, first.delay
            for delivery in deliveries:
                await self._answer(delivery)
        finally:
            beating.cancel()

    async def _answer(self, delivery: _Delivery) -> None:
        message = delivery.message
        if delivery.fault is not None and not await self._bury(message, "", message.data, delivery.fault):
            await respond(message.nak(_outage_delay(message)))
        elif all(item.handled for item in delivery.items):
            await respond(message.ack())
        else:
            await respond(message.nak(min(item.delay for item in delivery.items if not item.handled)))

    async def _handle(self, tenant_id: UUID, items: Sequence[_Item]) -> None:
        """Handles what can be handled, and marks each item."""
        fresh = items
        try:
            with _span(self._subscription.consumer, items):
                async with self._transactions(tenant_id) as uow:
                    if self._subscription.deduplicates:
                        ids = await uow.inbox.claim(
                            self._subscription.consumer, [item.received.id for item in items]
                        )
                        fresh = [item for item in items if item.received.id in ids]
                    if fresh:
                        await self._subscription.handle(uow, [item.received for item in fresh])
        except Exception as error:
            _mark_handled(item for item in items if item not in fresh)
            await self._failed(tenant_id, fresh, error)
        else:
            _mark_handled(items)
            self._succeeded(items)

    async def _failed(self, tenant_id: UUID, items: Sequence[_Item], error: Exception) -> None:
        if is_transient(error):
            if not self._interrupted:
                log.warning("interrupted", consumer=self._subscription.consumer, reason=_reason(error))
            self._interrupted = True
            for item in items:
                item.delay = _outage_delay(item.origin)
        elif len(items) > 1:
            middle = len(items) // 2
            await self._handle(tenant_id, items[:middle])
            await self._handle(tenant_id, items[middle:])
        else:
            await self._failed_alone(items[0], error)

    async def _failed_alone(self, item: _Item, error: Exception) -> None:
        failures = self._failures.pop(item.key, 0) + 1
        hopeless = isinstance(error, PoisonMessage) or failures >= self._subscription.max_deliveries
        log.warning(
            "message failed",
            consumer=self._subscription.consumer,
            id=item.received.id,
            type=item.received.type,
            attempt=failures,
            reason=_reason(error),
            exc_info=error,
        )
        if hopeless and await self._bury(item.origin, item.received.id, item.body(), error):
            item.handled = True
            return
        item.delay = min(_LONGEST_RETRY_DELAY, self._subscription.retry_delay * 2 ** (failures - 1))
        self._failures[item.key] = failures
        if len(self._failures) > _COUNTED:
            self._failures.popitem(last=False)

    async def _bury(self, message: Msg, item: str, body: bytes, error: Exception) -> bool:
        letter = DeadLetter(
            consumer=self._subscription.consumer,
            item=item,
            reason=_reason(error),
            stream=message.metadata.stream,
            sequence=message.metadata.sequence.stream,
            subject=message.subject,
            headers=message.headers or {},
            body=body,
        )
        try:
            await bury(self._connection.jetstream(), letter)
        except nats.errors.Error as refused:
            log.warning("dead letter not stored", consumer=letter.consumer, reason=_reason(refused))
            return False
        log.error("dead letter", consumer=letter.consumer, item=item, reason=letter.reason)
        return True

    def _succeeded(self, items: Sequence[_Item]) -> None:
        if self._interrupted:
            log.info("resumed", consumer=self._subscription.consumer)
        self._interrupted = False
        if self._failures:
            for item in items:
                self._failures.pop(item.key, None)


class EventConsumer(_Consumer[U]):
    """CloudEvents: one item per message."""

    def __init__(
        self,
        connection: Client,
        transactions: Callable[[UUID], AbstractAsyncContextManager[U]],
        subscription: Subscription[U],
    ) -> None:
        super().__init__(connection, transactions, subscription, _read_event, subscription.batch_size)


class ActivityConsumer(_Consumer[U]):
    """Envelopes of INBOUND: one item per activity. A batch may exceed its size by one envelope."""

    def __init__(
        self,
        connection: Client,
        transactions: Callable[[UUID], AbstractAsyncContextManager[U]],
        subscription: Subscription[U],
    ) -> None:
        super().__init__(connection, transactions, subscription, _read_envelope, _ENVELOPES_AHEAD)


def _read_event(message: Msg) -> Sequence[_Item]:
    event = CloudEvent.of(message.headers, message.data)
    _check_tenant(message, event.tenant_id)
    received = Received(
        id=event.id,
        type=event.type,
        tenant_id=event.tenant_id,
        occurred_at=event.time,
        message=event.message(),
        traceparent=event.traceparent,
    )
    return [_Item(received, message, lambda: message.data)]


def _read_envelope(message: Msg) -> Sequence[_Item]:
    envelope = ActivityBatch()
    try:
        envelope.ParseFromString(message.data)
        tenant_id = UUID(envelope.tenant_id)
    except (DecodeError, ValueError) as error:
        raise PoisonMessage(f"not an ActivityBatch: {error}") from error
    _check_tenant(message, tenant_id)
    traceparent = (message.headers or {}).get("traceparent")

    def item(activity: Activity) -> _Item:
        received = Received(
            id=activity.activity_id,
            type=activity.DESCRIPTOR.full_name,
            tenant_id=tenant_id,
            occurred_at=activity.occurred_at.ToDatetime(UTC),
            message=activity,
            traceparent=traceparent,
        )
        return _Item(received, message, lambda: _envelope_of_one(envelope, activity))

    return [item(activity) for activity in envelope.activities]


def _envelope_of_one(envelope: ActivityBatch, activity: Activity) -> bytes:
    alone = ActivityBatch(
        tenant_id=envelope.tenant_id, accepted_at=envelope.accepted_at, activities=[activity]
    )
    return alone.SerializeToString()


def _check_tenant(message: Msg, tenant_id: UUID) -> None:
    """The subject is what permissions are about, so the contents may not name another tenant."""
    if message.subject.split(".")[1] != str(tenant_id):
        raise PoisonMessage(f"tenant {tenant_id} does not match the subject {message.subject}")


def _mark_handled(items: Iterable[_Item]) -> None:
    for item in items:
        item.handled = True


def _outage_delay(message: Msg) -> float:
    return pause_after(message.metadata.num_delivered - 1, *_OUTAGE_DELAYS)


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


async def _finished(work: Coroutine[None, None, None]) -> None:
    """Awaits `work` to its end even if we are cancelled meanwhile; a second cancellation reaches it."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


@contextmanager
def _span(consumer: str, items: Sequence[_Item]) -> Iterator[None]:
    """Continues the trace of the first item, and links those of the others."""
    origins = list(dict.fromkeys(item.received.traceparent for item in items if item.received.traceparent))
    links = [trace.Link(_context_of(origin)) for origin in origins[1 : _MAX_LINKS + 1]]
    with (
        telemetry.extracted({"traceparent": origins[0]} if origins else {}),
        telemetry.tracer().start_as_current_span(consumer, kind=trace.SpanKind.CONSUMER, links=links),
    ):
        yield


def _context_of(traceparent: str) -> trace.SpanContext:
    with telemetry.extracted({"traceparent": traceparent}):
        return trace.get_current_span().get_span_context()
