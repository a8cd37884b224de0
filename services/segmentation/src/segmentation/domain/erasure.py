"""The erasure of a member's data in all services, with the receipts that prove it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from uuid import UUID

SERVICES = ("campaigns", "content", "risk", "segmentation", "support")


class ErasureStatus(IntEnum):
    """Numbered as in quanzi.segmentation.v1.ErasureStatus."""

    RUNNING = 1
    COMPLETED = 2


@dataclass(frozen=True, slots=True)
class ErasureReceipt:
    """What one service reported: rows deleted or stripped, by table."""

    service: str
    tables: Mapping[str, int]
    erased_at: datetime


@dataclass(frozen=True, slots=True)
class Erasure:
    """`receipts` by service, one for each that has reported."""

    id: UUID
    member_id: UUID
    merged_member_ids: tuple[UUID, ...]
    reason: str
    requested_by: str
    requested_at: datetime
    receipts: Sequence[ErasureReceipt] = ()
    completed_at: datetime | None = None

    @property
    def status(self) -> ErasureStatus:
        return ErasureStatus.COMPLETED if self.completed_at else ErasureStatus.RUNNING

    @property
    def waiting_for(self) -> Sequence[str]:
        reported = {receipt.service for receipt in self.receipts}
        return [service for service in SERVICES if service not in reported]

    def complete(self, now: datetime) -> Erasure:
        """Itself while a service has not reported."""
        return self if self.completed_at or self.waiting_for else replace(self, completed_at=now)
