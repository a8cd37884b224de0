"""Events of fraud and audits as the messages of proto/quanzi/risk/v1/events.proto."""

from google.protobuf.message import Message

from chassis.timestamps import optional_timestamp
from quanzi.risk.v1 import events_pb2 as wire
from risk.domain.audit import AuditSeverity
from risk.domain.fraud_events import (
    AuditCompleted,
    FraudEvent,
    ImitationSuspected,
    MemberBlocked,
    MemberUnblocked,
    PaymentReminderDue,
    StaffLeft,
    StaffRegistered,
)
from risk.enums import number


def fraud_to_message(event: FraudEvent) -> Message:
    """Enumerations of the domain have the numbers of the contract."""
    match event:
        case StaffRegistered(staff):
            return wire.StaffRegistered(
                staff_id=str(staff.id),
                userid=staff.userid,
                role=number(staff.role),
                speaks_for_brand=staff.speaks_for_brand,
            )
        case StaffLeft(staff):
            left_at = optional_timestamp(staff.left_at)
            return wire.StaffLeft(staff_id=str(staff.id), userid=staff.userid, left_at=left_at)
        case ImitationSuspected():
            return wire.ImitationSuspected(
                case_id=str(event.case_id),
                member_id=str(event.member_id),
                group_id=str(event.group_id),
                staff_id=str(event.staff_id),
                likeness=number(event.likeness),
            )
        case PaymentReminderDue(reminder):
            return wire.PaymentReminderDue(
                reminder_id=str(reminder.id), group_id=str(reminder.group_id), text=reminder.text
            )
        case MemberBlocked(block):
            return wire.MemberBlocked(member_id=str(block.member_id), until=optional_timestamp(block.until))
        case MemberUnblocked(member_id):
            return wire.MemberUnblocked(member_id=str(member_id))
        case AuditCompleted(audit):
            failed = [it for it in audit.findings if it.severity is not AuditSeverity.PASSED]
            return wire.AuditCompleted(
                audit_id=str(audit.id), severity=number(audit.severity), findings=len(failed)
            )
