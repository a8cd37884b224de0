"""Merges: two members found to be one customer."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Merge:
    """`merged_member_id` went into `member_id`; in force until reversed."""

    id: UUID
    member_id: UUID
    merged_member_id: UUID
    reason: str
    merged_by: str
    merged_at: datetime
    reversed_at: datetime | None = None
    reversed_by: str = ""
