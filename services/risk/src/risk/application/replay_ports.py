"""What use cases that judge past messages anew need of storage."""

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from risk.domain.past_message import PastMessage


class PastMessages(Protocol):
    def newest(
        self, since: datetime, group_id: UUID | None, most: int
    ) -> AsyncGenerator[Sequence[PastMessage], None]:
        """Decided from then on, newest first, in portions; None: in all groups and to the brand alone."""
        ...
