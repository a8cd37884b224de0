"""How large groups are, by what segmentation tells."""

from collections import Counter
from collections.abc import Sequence
from typing import cast
from uuid import UUID

from chassis.consumer import PoisonMessage, Received, Subscription
from chassis.event_type import event_type
from chassis.messaging import EVENTS
from quanzi.segmentation.v1.events_pb2 import GroupRegistered, MemberJoinedGroup, MemberLeftGroup
from risk.application.ports import UnitOfWork

_KINDS = (GroupRegistered, MemberJoinedGroup, MemberLeftGroup)


def group_events() -> Subscription[UnitOfWork]:
    """Who was never seen joining is not counted."""
    subjects = tuple(event_type(kind.DESCRIPTOR).subject("*") for kind in _KINDS)
    return Subscription("risk-groups", EVENTS, subjects, _count)


async def _count(uow: UnitOfWork, batch: Sequence[Received]) -> None:
    changes = Counter[UUID]()
    for received in {received.id: received for received in batch}.values():
        group_id, change = _change(received)
        changes[group_id] += change
    await uow.group_sizes.move(changes)


def _change(received: Received) -> tuple[UUID, int]:
    message = received.message
    try:
        match message:
            case GroupRegistered():
                return UUID(message.group_id), 0
            case MemberJoinedGroup():
                return UUID(message.group_id), 1
            case _:
                return UUID(cast(MemberLeftGroup, message).group_id), -1
    except ValueError as error:
        raise PoisonMessage(f"{received.type}: the group id is no UUID") from error
