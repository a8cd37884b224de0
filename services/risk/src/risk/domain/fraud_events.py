"""What fraud and audits tell the others. Ids, and the text of a reminder."""

from dataclasses import dataclass
from uuid import UUID

from risk.domain.audit import Audit
from risk.domain.blocklist import Block
from risk.domain.imitation import Likeness
from risk.domain.payment_reminder import PaymentReminder
from risk.domain.staff import StaffMember


@dataclass(frozen=True, slots=True)
class StaffRegistered:
    """Somebody works for the brand, for the first time or again."""

    staff: StaffMember


@dataclass(frozen=True, slots=True)
class StaffLeft:
    """Somebody no longer works for the brand."""

    staff: StaffMember


@dataclass(frozen=True, slots=True)
class ImitationSuspected:
    """A member has a name like that of a staff member."""

    case_id: UUID
    member_id: UUID
    group_id: UUID
    staff_id: UUID
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class PaymentReminderDue:
    """A group is to be reminded."""

    reminder: PaymentReminder


@dataclass(frozen=True, slots=True)
class MemberBlocked:
    """A member is to be kept out of all groups."""

    block: Block


@dataclass(frozen=True, slots=True)
class MemberUnblocked:
    """A block has ended before its time."""

    member_id: UUID


@dataclass(frozen=True, slots=True)
class AuditCompleted:
    """A security audit has its report."""

    audit: Audit


FraudEvent = (
    StaffRegistered
    | StaffLeft
    | ImitationSuspected
    | PaymentReminderDue
    | MemberBlocked
    | MemberUnblocked
    | AuditCompleted
)
