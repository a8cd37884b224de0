"""The newest messages whose texts are kept, to be judged otherwise: as many as a moment is enough for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from risk.application.ports import UnitOfWork
from risk.domain.replay import KeptText

MOST_MESSAGES = 20_000
MOST_CODE_POINTS = 4_000_000


@dataclass(frozen=True, slots=True)
class NewestTexts:
    """Newest first; `is_complete` unless there were more messages than one looks at."""

    kept: Sequence[KeptText]
    is_complete: bool


async def read_texts(uow: UnitOfWork, since: datetime) -> NewestTexts:
    """Of messages decided since then."""
    found = await uow.texts.newest(since, MOST_MESSAGES + 1)
    sizes = accumulate(len(message.text) for message in found)
    most = min(MOST_MESSAGES, sum(size <= MOST_CODE_POINTS for size in sizes))
    return NewestTexts(found[:most], is_complete=len(found) <= most)
