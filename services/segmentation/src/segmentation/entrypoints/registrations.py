"""Tenants whose days begin at another moment."""

from collections.abc import Sequence
from typing import cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from chassis.clock import Clock
from chassis.consumer import PoisonMessage, Received, Subscription
from chassis.event_type import event_type
from chassis.messaging import EVENTS
from quanzi.tenancy.v1.events_pb2 import TenantRegistered
from segmentation.application.follow_time_zone import follow_time_zone
from segmentation.application.ports import UnitOfWork


def registrations(clock: Clock) -> Subscription[UnitOfWork]:
    """Needs no inbox: facts follow a zone once."""

    async def handle(uow: UnitOfWork, batch: Sequence[Received]) -> None:
        name = cast(TenantRegistered, batch[-1].message).time_zone
        try:
            zone = ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise PoisonMessage(f"UNKNOWN_TIME_ZONE: {name}") from error
        await follow_time_zone(uow, zone, clock())

    subject = event_type(TenantRegistered.DESCRIPTOR).subject("*")
    return Subscription("segmentation-time-zones", EVENTS, (subject,), handle, deduplicates=False)
