"""The tenant's words by the thousand, to be taken elsewhere."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from risk.application.ports import Screeners, UnitOfWork
from risk.domain.lexicon import Word

WORDS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class ExportedWords:
    words: Sequence[Word]
    has_more: bool
    version: int


async def export_words(
    uow: UnitOfWork, screeners: Screeners, after: str, with_shipped: bool
) -> ExportedWords:
    """In the order of code points, those after a word."""
    lexicon = (await screeners.current(uow.tenant_id, uow.words)).lexicon
    words = lexicon.words
    if not with_shipped:
        words = sorted(await uow.words.all(), key=lambda word: word.text)
    start = bisect_right(words, after, key=lambda word: word.text)
    end = start + WORDS_AT_ONCE
    return ExportedWords(words[start:end], end < len(words), lexicon.version)
