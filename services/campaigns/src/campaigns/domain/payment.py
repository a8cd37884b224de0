"""Payments of claims: each is recorded once and has one fate, so that none is lost."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Fate(StrEnum):
    """What became of a payment. All but `accepted` are owed back; `unmatched` waits for a person."""

    ACCEPTED = "accepted"
    LATE = "late"
    DUPLICATE = "duplicate"
    MISMATCHED = "mismatched"
    CANCELLED = "cancelled"
    UNMATCHED = "unmatched"


OWED_BACK = frozenset({Fate.LATE, Fate.DUPLICATE, Fate.MISMATCHED, Fate.CANCELLED})


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that came for a claim. `reference` is the shop's own, unique per claim."""

    reference: str
    claim_id: UUID
    amount_minor: int
    currency: str
    received_at: datetime
    fate: Fate
    refund_reference: str | None = None
    refunded_at: datetime | None = None

    @property
    def owed(self) -> bool:
        """Whether it must still be given back."""
        return self.fate in OWED_BACK and self.refunded_at is None
