"""Messages that address the brand are questions."""

from collections.abc import Sequence
from typing import TypeGuard
from uuid import UUID

from google.protobuf.message import Message

from chassis.clock import Clock
from chassis.consumer import Handler, Received
from quanzi.inbound.v1.activity_pb2 import Activity, ActivityKind
from support.application.ask_question import AskQuestion, ask_question
from support.application.ports import Texts, UnitOfWork

CONSUMER = "support-activities"


def activities_handler(texts: Texts, clock: Clock) -> Handler[UnitOfWork]:
    """Most activities are none of support's business: only questions are claimed in the inbox."""

    async def handle(uow: UnitOfWork, received: Sequence[Received]) -> None:
        activities = ((each.id, each.message) for each in received)
        questions = {key: message for key, message in activities if _is_question(message)}
        fresh = await uow.inbox.claim(CONSUMER, list(questions)) if questions else set()
        for activity_id, activity in questions.items():
            if activity_id in fresh:
                await ask_question(uow, texts, _question(activity), clock())

    return handle


def _is_question(activity: Message) -> TypeGuard[Activity]:
    return (
        isinstance(activity, Activity)
        and activity.addressed_to_brand
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
