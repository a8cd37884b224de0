"""Messages that address the brand are questions; the other activities are none of support's business."""

from collections.abc import Sequence
from typing import cast
from uuid import UUID

from chassis.clock import Clock
from chassis.consumer import Handler, Received
from quanzi.inbound.v1.activity_pb2 import Activity, ActivityKind
from support.application.ask_question import AskQuestion, ask_question
from support.application.ports import Texts, UnitOfWork


def activities_handler(texts: Texts, clock: Clock) -> Handler[UnitOfWork]:
    """Of questions."""

    async def handle(uow: UnitOfWork, received: Sequence[Received]) -> None:
        for each in received:
            await ask_question(uow, texts, _question(cast(Activity, each.message)), clock())

    return handle


def is_question(activity: Activity) -> bool:
    return (
        activity.addressed_to_brand
        and activity.kind == ActivityKind.ACTIVITY_KIND_MESSAGE
        and bool(activity.text.strip())
    )


def _question(activity: Activity) -> AskQuestion:
    return AskQuestion(
        UUID(activity.activity_id),
        UUID(activity.member_id),
        UUID(activity.group_id) if activity.group_id else None,
        activity.text,
    )
