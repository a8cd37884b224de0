"""A customer group."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Group:
    """`external_reference`: the chat id; `owner`: staff user id; `size`: members present now."""

    id: UUID
    external_reference: str
    name: str
    owner: str
    created_at: datetime
    size: int = 0
