"""The messages of the last days, to be judged anew: as many as fit into memory and into a moment."""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from risk.application.persons import persons_of
from risk.application.ports import UnitOfWork
from risk.domain.past_message import PastMessage

MOST_MESSAGES = 50_000
MOST_CODE_POINTS = 4_000_000


@dataclass(frozen=True, slots=True)
class Past:
    """Messages in the order they were decided, those of a batch in the order they were written.

    Each is by the id that stands for all of its person. None decided after `since` is left out.
    """

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
                return Past(await _of_persons(uow, read), read[-1].decided_at, is_complete=False)
    return Past(await _of_persons(uow, read), since, is_complete=True)


async def _of_persons(uow: UnitOfWork, read: Sequence[PastMessage]) -> Sequence[PastMessage]:
    persons = await persons_of(uow, {it.member_id for it in read})
    messages = [
        it if (one := persons.one(it.member_id)) == it.member_id else replace(it, member_id=one)
        for it in read
    ]
    return sorted(messages, key=attrgetter("decided_at", "occurred_at", "activity_id"))
