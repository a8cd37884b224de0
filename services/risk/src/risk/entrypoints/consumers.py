"""Inbound activities that hold words of a member: message, ugc and answer."""

from collections.abc import Awaitable, Callable, Sequence
from typing import cast
from uuid import UUID

from chassis.clock import Clock
from chassis.consumer import PoisonMessage, Received
from chassis.ids import optional_id
from quanzi.inbound.v1.activity_pb2 import (
    ACTIVITY_KIND_ANSWER,
    ACTIVITY_KIND_MESSAGE,
    ACTIVITY_KIND_UGC,
    Activity,
)
from risk.application.ports import FollowUp, Screeners, UnitOfWork
from risk.application.screen_messages import screen_messages
from risk.domain.decision import Message

_SCREENED_KINDS = (ACTIVITY_KIND_MESSAGE, ACTIVITY_KIND_UGC, ACTIVITY_KIND_ANSWER)

Handler = Callable[[UnitOfWork, Sequence[Received]], Awaitable[None]]


def activities_handler(screeners: Screeners, follow_ups: Sequence[FollowUp], clock: Clock) -> Handler:
    """Of activities that `has_words`. A message has one decision by its activity id: no inbox is needed."""

    async def handle(uow: UnitOfWork, batch: Sequence[Received]) -> None:
        messages = [_to_message(cast(Activity, received.message), received) for received in batch]
        await screen_messages(uow, screeners, follow_ups, messages, clock())

    return handle


def has_words(activity: Activity) -> bool:
    return activity.kind in _SCREENED_KINDS


def _to_message(activity: Activity, received: Received) -> Message:
    try:
        return Message(
            activity_id=UUID(activity.activity_id),
            member_id=UUID(activity.member_id),
            group_id=optional_id(activity.group_id),
            text=activity.text,
            occurred_at=received.occurred_at,
        )
    except ValueError as error:
        raise PoisonMessage(f"activity {activity.activity_id!r}: an id is no UUID") from error
