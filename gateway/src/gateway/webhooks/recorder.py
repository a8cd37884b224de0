"""From the stream of events to rows that wait to be sent."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.clock import Clock
from chassis.cloudevents import CloudEvent
from chassis.consumer import Handler, Received, Subscription
from chassis.database import Session
from chassis.messaging import EVENTS
from gateway.partners.partner import SOURCES
from gateway.webhooks.delivery_store import Event, record
from gateway.webhooks.envelope import groups_of, structured


def subscription(clock: Clock) -> Subscription[Session]:
    """Once for each endpoint and event, by their own key: an event that comes again adds nothing."""
    return Subscription(
        consumer="gateway-webhooks",
        stream=EVENTS,
        subjects=tuple(f"quanzi.*.{service}.>" for service in SOURCES),
        handle=_recording(clock),
        deduplicates=False,
    )


def _recording(clock: Clock) -> Handler[Session]:
    async def handle(session: Session, batch: Sequence[Received]) -> None:
        events = [
            Event(one.id, one.type, one.time, groups_of(one), structured(one))
            for received in batch
            if isinstance(one := received.carried, CloudEvent)
        ]
        await record(session, events, clock())

    return handle
