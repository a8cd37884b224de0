"""A reminder to a group to pay in the official channel only (支付安全提醒)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PaymentReminder:
    """The last one of a group."""

    id: UUID
    group_id: UUID
    due_at: datetime
    text: str
    delivered_at: datetime | None = None
