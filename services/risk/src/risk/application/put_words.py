"""The tenant adds words to its lexicon, or changes those there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from risk.application.ports import UnitOfWork
from risk.domain.events import LexiconChanged
from risk.domain.lexicon import Word
from risk.domain.normal_form import Normaliser


@dataclass(frozen=True, slots=True)
class LexiconChange:
    """`words` were added, changed or removed; the version is the one now in force."""

    version: int
    words: int


async def put_words(
    uow: UnitOfWork, normaliser: Normaliser, entries: Sequence[Word], now: datetime
) -> LexiconChange:
    """In force from the next batch on, everywhere. Raises InvalidWord."""
    words = [entry.fit(normaliser) for entry in entries]
    changed = await uow.words.put({normaliser.compact(word.text): word for word in words})
    return await counted(uow, changed, now)


async def counted(uow: UnitOfWork, changed: int, now: datetime) -> LexiconChange:
    """A change makes a version and is announced; no change, neither."""
    if not changed:
        return LexiconChange(await uow.words.version(), 0)
    version = await uow.words.next_version()
    await uow.publish(LexiconChanged(version), at=now)
    return LexiconChange(version, changed)
