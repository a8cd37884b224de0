"""One batch of one tenant: one transaction, and what becomes of those it fails on. See `chassis.consumer`."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar
from uuid import UUID

import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from opentelemetry import trace

from chassis import logs, telemetry
from chassis.backoff import pause_after
from chassis.cloudevents import MalformedEvent
from chassis.deadletters import DeadLetter, bury
from chassis.faults import PoisonMessage, is_transient

if TYPE_CHECKING:
    from chassis.consumer import Received, Subscription

_OUTAGE_DELAYS = (0.5, 10.0)  # first and longest, seconds
_LONGEST_RETRY_DELAY = 30.0
_COUNTED = 10_000
_MAX_LINKS = 32
_HOPELESS = (PoisonMessage, MalformedEvent)

log = logs.get_logger(__name__)


class Claims(Protocol):
    async def claim(self, consumer: str, ids: Sequence[str]) -> set[str]: ...


class HasInbox(Protocol):
    """What a consumer needs of a unit of work."""

    @property
    def inbox(self) -> Claims: ...


U = TypeVar("U", bound=HasInbox)
Transactions = Callable[[UUID], AbstractAsyncContextManager[U]]


@dataclass(slots=True, eq=False)
class Item:
    """One thing to handle, from the message `origin`; with a `fault` it is dead from the start.

    `body` is what is kept of it when it is dead, `delay` the seconds until it is tried again when it is not.
    """

    received: Received
    origin: Msg
    body: Callable[[], bytes]
    fault: PoisonMessage | None = None
    handled: bool = False
    delay: float = 0.0


class BatchHandler(Generic[U]):
    """Marks each item as handled, which includes dead and buried, or gives it a delay."""

    def __init__(
        self, connection: Client, transactions: Transactions[U], subscription: Subscription[U]
    ) -> None:
        self._connection = connection
        self._transactions = transactions
        self._subscription = subscription
        self._failures: OrderedDict[tuple[UUID, str], int] = OrderedDict()
        self._interrupted = False

    async def handle(self, tenant_id: UUID, items: Sequence[Item]) -> None:
        """`items` have different ids."""
        with structlog.contextvars.bound_contextvars(tenant=str(tenant_id)):
            alive = [item for item in items if item.fault is None]
            if alive:
                await self._attempt(tenant_id, alive)
            for item in items:
                if item.fault is not None:
                    await self._failed_alone(item, item.fault)

    async def bury(self, message: Msg, item: str, body: bytes, error: Exception) -> bool:
        """Whether it is safely in DEADLETTERS."""
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
        log.error("dead letter", consumer=letter.consumer, id=item, reason=letter.reason)
        return True

    async def _attempt(self, tenant_id: UUID, items: Sequence[Item]) -> None:
        wanted = self._subscription
        fresh = items
        try:
            with _span(wanted.consumer, items):
                async with self._transactions(tenant_id) as uow:
                    if wanted.deduplicates:
                        ids = await uow.inbox.claim(wanted.consumer, [item.received.id for item in items])
                        fresh = [item for item in items if item.received.id in ids]
                    if fresh:
                        await wanted.handle(uow, [item.received for item in fresh])
        except Exception as error:
            self._settled(set(items).difference(fresh))  # committed by an earlier attempt
            await self._failed(tenant_id, fresh, error)
        else:
            self._settled(items)
            self._resumed()

    async def _failed(self, tenant_id: UUID, items: Sequence[Item], error: Exception) -> None:
        if is_transient(error):
            self._interruption(error)
            for item in items:
                item.delay = outage_delay(item.origin)
        elif len(items) > 1:
            middle = len(items) // 2
            await self._attempt(tenant_id, items[:middle])
            await self._attempt(tenant_id, items[middle:])
        elif items:
            await self._failed_alone(items[0], error)

    async def _failed_alone(self, item: Item, error: Exception) -> None:
        key = item.received.tenant_id, item.received.id
        failures = self._failures.pop(key, 0) + 1
        log.warning(
            "message failed",
            consumer=self._subscription.consumer,
            id=item.received.id,
            type=item.received.type,
            attempt=failures,
            exc_info=error,
        )
        hopeless = (
            isinstance(error, PoisonMessage | MalformedEvent) or failures >= self._subscription.max_deliveries
        )
        if hopeless and await self.bury(item.origin, item.received.id, item.body(), error):
            item.handled = True
            return
        item.delay = min(_LONGEST_RETRY_DELAY, self._subscription.retry_delay * 2.0 ** (failures - 1))
        self._failures[key] = failures
        if len(self._failures) > _COUNTED:
            self._failures.popitem(last=False)

    def _settled(self, items: Iterable[Item]) -> None:
        for item in items:
            item.handled = True
            if self._failures:
                self._failures.pop((item.received.tenant_id, item.received.id), None)

    def _interruption(self, error: Exception) -> None:
        """Told once, however long it lasts."""
        if not self._interrupted:
            log.warning("interrupted", consumer=self._subscription.consumer, reason=_reason(error))
        self._interrupted = True

    def _resumed(self) -> None:
        if self._interrupted:
            log.info("resumed", consumer=self._subscription.consumer)
        self._interrupted = False


def outage_delay(message: Msg) -> float:
    """Seconds until a message that met an outage is delivered again; grows with its deliveries."""
    return pause_after(message.metadata.num_delivered - 1, *_OUTAGE_DELAYS)


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


@contextmanager
def _span(consumer: str, items: Sequence[Item]) -> Iterator[None]:
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
