"""Events for subscribers: one NATS subscription per kind and process, fanned out by tenant to bounded queues.

Nothing is kept and nothing is repeated: after a reconnect a client reads again what it shows.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator
from typing import Any, TypeVar
from uuid import UUID

from google.protobuf.message import Message
from nats.aio.client import Client
from nats.aio.msg import Msg

from chassis.cloudevents import CloudEvent, MalformedEvent
from chassis.event_type import event_type
from chassis.logs import get_logger
from gateway.errors import PublicError
from quanzi.campaigns.v1.events_pb2 import ClaimExpired, FlashSaleSoldOut, ItemReserved
from quanzi.risk.v1.events_pb2 import (
    AuditCompleted,
    CaseClosed,
    CaseOpened,
    CaseReopened,
    ImitationSuspected,
    ModeratorTaskReminded,
    OpinionIncidentAcknowledged,
    OpinionIncidentClosed,
    OpinionIncidentEscalated,
    OpinionIncidentOpened,
    PaymentReminderDue,
    RotaGapClosed,
    RotaGapForeseen,
    ViolationOpened,
)
from quanzi.segmentation.v1.events_pb2 import (
    AlertClosed,
    AlertOpened,
    AlertUpdated,
    MemberConsentChanged,
    MemberTierChanged,
    OperationFinished,
    SegmentMembersChanged,
)
from quanzi.support.v1.events_pb2 import TicketStatusChanged

KINDS: tuple[type[Message], ...] = (
    MemberTierChanged,
    MemberConsentChanged,
    SegmentMembersChanged,
    AlertOpened,
    AlertUpdated,
    AlertClosed,
    OperationFinished,
    ViolationOpened,
    ModeratorTaskReminded,
    CaseOpened,
    CaseClosed,
    CaseReopened,
    ImitationSuspected,
    PaymentReminderDue,
    AuditCompleted,
    OpinionIncidentOpened,
    OpinionIncidentEscalated,
    OpinionIncidentAcknowledged,
    OpinionIncidentClosed,
    RotaGapForeseen,
    RotaGapClosed,
    TicketStatusChanged,
    ItemReserved,
    ClaimExpired,
    FlashSaleSoldOut,
)

M = TypeVar("M", bound=Message)

# Their names, by the end of their subjects.
_SCHEMAS = {
    event_type(kind.DESCRIPTOR).subject("").split(".", 2)[2]: kind.DESCRIPTOR.full_name for kind in KINDS
}

log = get_logger(__name__)


class _Listener:
    """The events that wait for one subscriber; None once there were too many."""

    def __init__(self, most: int) -> None:
        self._events: asyncio.Queue[Any] = asyncio.Queue(most)

    def offer(self, event: Message) -> bool:
        """False, and the end, when the queue is full."""
        try:
            self._events.put_nowait(event)
        except asyncio.QueueFull:
            while not self._events.empty():
                self._events.get_nowait()
            self._events.put_nowait(None)
            return False
        return True

    async def next(self) -> Any:
        return await self._events.get()


class Hub:
    def __init__(self, nats: Client, queue_size: int) -> None:
        self._nats = nats
        self._queue_size = queue_size
        # By tenant, as in the subject of an event, and name of its message.
        self._listeners: defaultdict[tuple[str, str], set[_Listener]] = defaultdict(set)

    async def run(self) -> None:
        """Until cancelled. Reconnecting is the client's."""
        subscriptions = [
            await self._nats.subscribe(event_type(kind.DESCRIPTOR).subject("*"), cb=self._receive)
            for kind in KINDS
        ]
        try:
            await asyncio.Event().wait()
        finally:
            for subscription in subscriptions:
                await subscription.unsubscribe()

    async def listen(self, tenant_id: UUID, *kinds: type[M]) -> AsyncGenerator[M, None]:
        """Events of one tenant from now on. Raises PublicError SLOW_CONSUMER when too many wait."""
        listener = _Listener(self._queue_size)
        keys = [(str(tenant_id), kind.DESCRIPTOR.full_name) for kind in kinds]
        for key in keys:
            self._listeners[key].add(listener)
        try:
            while (event := await listener.next()) is not None:
                yield event
        finally:
            for key in keys:
                self._forget(key, listener)
        message = f"{self._queue_size} events were waiting for you; read again what you show, then subscribe"
        raise PublicError("SLOW_CONSUMER", message)

    async def _receive(self, message: Msg) -> None:
        _, tenant, kind = message.subject.split(".", 2)
        key = (tenant, _SCHEMAS[kind])
        if key not in self._listeners:
            return
        try:
            body = CloudEvent.of(message.headers, message.data).message()
        except MalformedEvent as error:
            log.warning("event not understood", subject=message.subject, reason=str(error))
            return
        for listener in tuple(self._listeners[key]):
            if not listener.offer(body):
                log.info("slow subscriber dropped", tenant=tenant, kind=kind)
                self._forget(key, listener)

    def _forget(self, key: tuple[str, str], listener: _Listener) -> None:
        self._listeners[key].discard(listener)
        if not self._listeners[key]:
            del self._listeners[key]
