"""The messages of the last days, to be judged anew: as many as fit into memory and into a moment."""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from risk.application.ports import UnitOfWork
from risk.domain.past_message import PastMessage

MOST_MESSAGES = 50_000
MOST_CODE_POINTS = 4_000_000


@dataclass(frozen=True, slots=True)
class Past:
    """Messages in the order they were decided. None decided after `since` is left out."""

    messages: Sequence[PastMessage]
    since: datetime
    is_complete: bool


async def read_past(uow: UnitOfWork, since: datetime, group_id: UUID | None = None) -> Past:
    """`is_complete` unless there are more than one looks at: then `since` is later than asked for."""
    read: list[PastMessage] = []
    code_points = 0
    async with aclosing(uow.past_messages.newest(since, group_id, MOST_MESSAGES + 1)) as portions:
        async for portion in portions:
            read += portion
            code_points += sum(len(it.text or "") for it in portion)
            if len(read) > MOST_MESSAGES or code_points > MOST_CODE_POINTS:
                return Past(read[::-1], read[-1].decided_at, is_complete=False)
    return Past(read[::-1], since, is_complete=True)
