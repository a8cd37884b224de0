"""Staff, reminders, blocks and the policy of fraud as the messages of proto/quanzi/risk/v1, and back."""

from datetime import datetime

from chassis.timestamps import optional_timestamp, timestamp
from quanzi.risk.v1 import fraud_pb2 as pb
from risk.domain.blocklist import Block
from risk.domain.fraud_policy import FraudPolicy
from risk.domain.payment_reminder import PaymentReminder
from risk.domain.staff import StaffMember
from risk.enums import number


def staff_to_wire(member: StaffMember, now: datetime) -> pb.StaffMember:
    message = pb.StaffMember(
        id=str(member.id),
        userid=member.userid,
        names=member.names,
        role=number(member.role),
        speaks_for_brand=member.speaks_for_brand,
        registered_at=timestamp(member.registered_at),
        left_at=optional_timestamp(member.left_at),
    )
    if (check := member.check) is not None:
        message.check_status = number(check.status_at(now))
        message.checked_at.CopyFrom(timestamp(check.at))
        message.checked_by = check.by
        if check.expires_at is not None:
            message.check_expires_at.CopyFrom(timestamp(check.expires_at))
    return message


def reminder_to_wire(reminder: PaymentReminder) -> pb.PaymentReminder:
    return pb.PaymentReminder(
        id=str(reminder.id),
        group_id=str(reminder.group_id),
        due_at=timestamp(reminder.due_at),
        text=reminder.text,
        delivered_at=optional_timestamp(reminder.delivered_at),
    )


def block_to_wire(block: Block) -> pb.BlockedMember:
    return pb.BlockedMember(
        member_id=str(block.member_id),
        reason=block.reason,
        blocked_at=timestamp(block.blocked_at),
        blocked_by=block.blocked_by,
        until=optional_timestamp(block.until),
    )


def fraud_policy_to_wire(policy: FraudPolicy) -> pb.FraudPolicy:
    return pb.FraudPolicy(
        version=policy.version,
        newcomer_hours=policy.newcomer_hours,
        reminder_cooldown_hours=policy.reminder_cooldown_hours,
        identity_valid_days=policy.identity_valid_days,
    )


def fraud_policy_of(message: pb.FraudPolicy) -> FraudPolicy:
    """Raises InvalidPolicy."""
    return FraudPolicy(
        newcomer_hours=message.newcomer_hours,
        reminder_cooldown_hours=message.reminder_cooldown_hours,
        identity_valid_days=message.identity_valid_days,
    )
