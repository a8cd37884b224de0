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
    if with_shipped:
        listed = (await screeners.current(uow.tenant_id, uow.words)).lexicon.words
        start = bisect_right(listed, after, key=lambda word: word.text)
        words: Sequence[Word] = listed[start : start + WORDS_AT_ONCE + 1]
    else:
        words = await uow.words.after(after, WORDS_AT_ONCE + 1)
    has_more = len(words) > WORDS_AT_ONCE
    return ExportedWords(words[:WORDS_AT_ONCE], has_more, await uow.words.version())
