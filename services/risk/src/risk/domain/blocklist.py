"""Members who are kept out of all groups (黑名单)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from risk.domain.errors import BlockIsOver


@dataclass(frozen=True, slots=True)
class Block:
    """Until then; None: for good."""

    member_id: UUID
    reason: str
    blocked_at: datetime
    blocked_by: str
    until: datetime | None = None

    def __post_init__(self) -> None:
        if self.until is not None and self.until <= self.blocked_at:
            raise BlockIsOver("The block would be over before it begins: choose a later time")
