"""Inbound activities in which rules take an interest: what is said, and acts that may earn points."""

from collections.abc import Awaitable, Callable, Sequence
from typing import cast
from uuid import UUID

from chassis.clock import Clock
from chassis.consumer import PoisonMessage, Received
from chassis.ids import optional_id
from quanzi.inbound.v1.activity_pb2 import MESSAGE_CONTENT_STICKER, Activity
from risk.application.award_points import reward_acts
from risk.application.ports import FollowUp, Screeners, UnitOfWork
from risk.application.screen_messages import screen_messages
from risk.domain.activity_kind import ActivityKind
from risk.domain.decision import Message
from risk.domain.points import Act
from risk.domain.rules import STICKER

_SAID: frozenset[int] = frozenset((ActivityKind.MESSAGE, ActivityKind.UGC, ActivityKind.ANSWER))
_DONE: frozenset[int] = frozenset(ActivityKind) - _SAID

Handler = Callable[[UnitOfWork, Sequence[Received]], Awaitable[None]]


def activities_handler(screeners: Screeners, follow_ups: Sequence[FollowUp], clock: Clock) -> Handler:
    """Of activities that `concern_rules`. Their ids are keys of what follows: no inbox is needed."""

    async def handle(uow: UnitOfWork, batch: Sequence[Received]) -> None:
        now = clock()
        activities = [(cast(Activity, received.message), received) for received in batch]
        messages = [_to_message(activity, it) for activity, it in activities if has_words(activity)]
        acts = [_to_act(activity, it) for activity, it in activities if not has_words(activity)]
        if messages:
            await screen_messages(uow, screeners, follow_ups, messages, now)
        if acts:
            await reward_acts(uow, acts, now)

    return handle


def concern_rules(activity: Activity) -> bool:
    return has_words(activity) or (activity.kind in _DONE and activity.group_id != "")


def has_words(activity: Activity) -> bool:
    return activity.kind in _SAID


def _to_message(activity: Activity, received: Received) -> Message:
    try:
        return Message(
            activity_id=UUID(activity.activity_id),
            member_id=UUID(activity.member_id),
            group_id=optional_id(activity.group_id),
            text=STICKER if activity.content == MESSAGE_CONTENT_STICKER else activity.text,
            occurred_at=received.occurred_at,
            kind=ActivityKind(activity.kind),
        )
    except ValueError as error:
        raise PoisonMessage(f"activity {activity.activity_id!r}: an id is no UUID") from error


def _to_act(activity: Activity, received: Received) -> Act:
    try:
        return Act(
            activity_id=UUID(activity.activity_id),
            member_id=UUID(activity.member_id),
            group_id=UUID(activity.group_id),
            kind=ActivityKind(activity.kind),
            occurred_at=received.occurred_at,
        )
    except ValueError as error:
        raise PoisonMessage(f"activity {activity.activity_id!r}: an id is no UUID") from error
