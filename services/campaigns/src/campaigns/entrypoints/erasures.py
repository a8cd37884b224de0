"""Members to be erased, as segmentation asks it of every service."""

from collections.abc import Sequence
from typing import cast
from uuid import UUID

from campaigns.application.erase_member import EraseMember, erase_member
from campaigns.application.ports import UnitOfWork
from chassis.clock import Clock
from chassis.consumer import Received, Subscription
from chassis.event_type import event_type
from chassis.messaging import EVENTS
from quanzi.segmentation.v1.events_pb2 import MemberErasureRequested


def erasures(clock: Clock) -> Subscription[UnitOfWork]:
    async def handle(uow: UnitOfWork, batch: Sequence[Received]) -> None:
        for received in batch:
            await erase_member(uow, _command(received), clock())

    asked = event_type(MemberErasureRequested.DESCRIPTOR).subject("*")
    return Subscription("campaigns-erasures", EVENTS, (asked,), handle)


def _command(received: Received) -> EraseMember:
    asked = cast(MemberErasureRequested, received.message)
    merged = [UUID(member_id) for member_id in asked.merged_member_ids]
    return EraseMember(UUID(asked.erasure_id), UUID(asked.member_id), merged, received.occurred_at)
