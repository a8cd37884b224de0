"""The process of a service: its own loops, and those that no service lacks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from nats.aio.client import Client

from chassis import tenancy
from chassis.clock import Clock
from chassis.consumer import EventConsumer
from chassis.database import Database
from chassis.maintenance import Maintenance
from chassis.relay import Relay
from chassis.runtime import Loop, Process


def service_process(
    name: str,
    database: Database,
    nats: Client,
    loops: Mapping[str, Loop],
    clock: Clock,
    *disconnects: Callable[[], Awaitable[object]],
) -> Process:
    """`loops` stop first, in their order: servers, consumers, timers; the relay last, for what they publish.

    `disconnects` free what else the service has opened.
    """

    async def close() -> None:
        for disconnect in (*disconnects, nats.drain, database.dispose):
            await disconnect()

    return Process(
        name,
        loops={
            **loops,
            "tenants": EventConsumer(nats, database.session, tenancy.subscription(name)).run,
            "maintenance": Maintenance(database, clock).run,
            "relay": Relay(database, nats, service=name).run,
        },
        close=close,
    )
