"""Domain events as the messages of proto/quanzi/risk/v1/events.proto."""

from collections.abc import Callable, Mapping
from typing import Any

from google.protobuf.message import Message

from chassis.timestamps import optional_timestamp, timestamp
from quanzi.risk.v1 import events_pb2 as wire
from risk.adapters.fraud_event_codec import fraud_to_message
from risk.adapters.rota_event_codec import rota_to_message
from risk.domain.case import Case
from risk.domain.events import (
    CaseClosed,
    CaseOpened,
    CaseReopened,
    ClassifierActivated,
    DomainEvent,
    LexiconChanged,
    MessageFlagged,
    ModeratorTaskAssigned,
    ModeratorTaskCreated,
    ModeratorTaskOverdue,
    ModeratorTaskReminded,
    OpinionIncidentAcknowledged,
    OpinionIncidentClosed,
    OpinionIncidentEscalated,
    OpinionIncidentOpened,
    PointsBooked,
    RuleSetChanged,
    ViolationHandled,
    ViolationOpened,
    ViolationReversed,
)
from risk.domain.fraud_events import FraudEvent
from risk.domain.moderator_task import ModeratorTask
from risk.domain.opinion_incident import Incident
from risk.domain.points import PointEntry, PointReason
from risk.domain.rota_events import RotaEvent
from risk.domain.violation import Violation
from risk.enums import number


def to_message(event: DomainEvent) -> Message:
    """Enumerations of the domain have the numbers of the contract."""
    if isinstance(event, FraudEvent):
        return fraud_to_message(event)
    if isinstance(event, RotaEvent):
        return rota_to_message(event)
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
                mute_hours=task.mute_hours,
            )
        case ModeratorTaskOverdue(task):
            return wire.ModeratorTaskOverdue(**_task(task))
        case ModeratorTaskReminded(task):
            return wire.ModeratorTaskReminded(
                **_task(task), due_at=timestamp(task.due_at), assignee=task.assignee
            )
        case ModeratorTaskAssigned(task):
            return wire.ModeratorTaskAssigned(**_task(task), assignee=task.assignee)
        case RuleSetChanged(group_id, version):
            return wire.RuleSetChanged(group_id=str(group_id or ""), version=version)
        case PointsBooked(entry):
            return _points(entry)
        case LexiconChanged(version):
            return wire.LexiconChanged(version=version)
        case ClassifierActivated(version, model_id, activated_at):
            return wire.ClassifierActivated(
                model_version=version,
                model_id=str(model_id or ""),
                activated_at=timestamp(activated_at),
            )
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
        case OpinionIncidentOpened(incident):
            return wire.OpinionIncidentOpened(
                **_incident(incident),
                signal=number(incident.signal),
                opened_at=timestamp(incident.opened_at),
                acknowledge_by=optional_timestamp(incident.acknowledge_by),
            )
        case OpinionIncidentEscalated(incident, reason):
            return wire.OpinionIncidentEscalated(
                **_incident(incident),
                reason=number(reason),
                escalations=incident.escalations,
                acknowledge_by=optional_timestamp(incident.acknowledge_by),
            )
        case OpinionIncidentAcknowledged(incident):
            return wire.OpinionIncidentAcknowledged(
                **_incident(incident),
                acknowledged_by=incident.acknowledged_by,
                acknowledged_at=optional_timestamp(incident.acknowledged_at),
            )
        case OpinionIncidentClosed(incident):
            return wire.OpinionIncidentClosed(
                **_incident(incident),
                closed_by=incident.closed_by,
                closed_at=optional_timestamp(incident.closed_at),
            )


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


def _incident(incident: Incident) -> dict[str, Any]:
    return {
        "incident_id": str(incident.id),
        "group_id": str(incident.group_id or ""),
        "severity": number(incident.severity),
    }


def _points(entry: PointEntry) -> Message:
    return _BOOKED[entry.reason](
        member_id=str(entry.member_id),
        group_id=str(entry.group_id),
        rule=entry.rule,
        points=entry.points,
        activity_id=str(entry.activity_id),
    )


_BOOKED: Mapping[PointReason, Callable[..., Message]] = {
    PointReason.EARNED: wire.MemberPointsAwarded,
    PointReason.DEDUCTED: wire.MemberPointsDeducted,
    PointReason.REVERSED: wire.MemberPointsReversed,
}
