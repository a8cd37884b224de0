"""Domain events as the messages of proto/quanzi/risk/v1/events.proto."""

from typing import Any

from google.protobuf.message import Message

from chassis.timestamps import optional_timestamp, timestamp
from quanzi.risk.v1 import events_pb2 as wire
from risk.domain.case import Case
from risk.domain.events import (
    CaseClosed,
    CaseOpened,
    CaseReopened,
    DomainEvent,
    LexiconChanged,
    MessageFlagged,
    ModeratorTaskCreated,
    ModeratorTaskOverdue,
    ViolationHandled,
    ViolationOpened,
    ViolationReversed,
)
from risk.domain.moderator_task import ModeratorTask
from risk.domain.violation import Violation
from risk.enums import number


def to_message(event: DomainEvent) -> Message:
    """Enumerations of the domain have the numbers of the contract."""
    match event:
        case MessageFlagged():
            return wire.MessageFlagged(
                activity_id=str(event.activity_id),
                group_id=str(event.group_id or ""),
                member_id=str(event.member_id),
                verdict=number(event.verdict),
                categories=[number(category) for category in event.categories],
            )
        case ViolationOpened(violation):
            return wire.ViolationOpened(
                **_violation(violation),
                activity_id=str(violation.activity_id),
                category=number(violation.category),
                strike=violation.strike,
                action=number(violation.action),
                opened_at=timestamp(violation.opened_at),
            )
        case ViolationHandled(violation):
            return wire.ViolationHandled(
                **_violation(violation), handled_at=optional_timestamp(violation.handled_at)
            )
        case ViolationReversed(violation):
            return wire.ViolationReversed(**_violation(violation))
        case ModeratorTaskCreated(task):
            return wire.ModeratorTaskCreated(
                **_task(task),
                action=number(task.action),
                due_at=timestamp(task.due_at),
            )
        case ModeratorTaskOverdue(task):
            return wire.ModeratorTaskOverdue(**_task(task))
        case LexiconChanged(version):
            return wire.LexiconChanged(version=version)
        case CaseOpened(case):
            return wire.CaseOpened(
                **_case(case),
                category=number(case.category),
                risk=case.risk,
                opened_at=timestamp(case.opened_at),
                due_at=timestamp(case.due_at),
            )
        case CaseClosed(case):
            return wire.CaseClosed(
                **_case(case),
                outcome=number(case.outcome),
                category=number(case.category),
                closed_at=optional_timestamp(case.closed_at),
            )
        case CaseReopened(case):
            return wire.CaseReopened(**_case(case))


def _violation(violation: Violation) -> dict[str, str]:
    return {
        "violation_id": str(violation.id),
        "group_id": str(violation.group_id),
        "member_id": str(violation.member_id),
    }


def _task(task: ModeratorTask) -> dict[str, str]:
    return {
        "task_id": str(task.id),
        "violation_id": str(task.violation_id),
        "group_id": str(task.group_id),
        "member_id": str(task.member_id),
    }


def _case(case: Case) -> dict[str, Any]:
    return {
        "case_id": str(case.id),
        "kind": number(case.kind),
        "group_id": str(case.group_id or ""),
        "member_id": str(case.member_id or ""),
    }
