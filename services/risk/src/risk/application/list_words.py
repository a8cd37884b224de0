"""The lexicon in force, shipped words and the tenant's own, in order."""

from bisect import bisect_right
from dataclasses import dataclass

from chassis.keyset import InvalidCursor
from chassis.paging import TOTAL_CAP, Page, PageRequest, page_of
from risk.application.ports import Screeners, UnitOfWork
from risk.domain.lexicon import Word
from risk.domain.verdict import RiskCategory


@dataclass(frozen=True, slots=True)
class ListedWords:
    page: Page[Word]
    version: int


async def list_words(
    uow: UnitOfWork,
    screeners: Screeners,
    request: PageRequest,
    category: RiskCategory | None,
) -> ListedWords:
    """In the order of code points. Raises InvalidCursor."""
    lexicon = (await screeners.current(uow.tenant_id, uow.words)).lexicon
    words = [word for word in lexicon.words if category in (None, word.category)]
    start = bisect_right(words, _last_seen(request), key=lambda word: word.text)
    total = min(len(words), TOTAL_CAP) if request.count_total else None
    rows = words[start : start + request.first + 1]
    return ListedWords(page_of(rows, request, lambda word: (word.text,), total), lexicon.version)


def _last_seen(request: PageRequest) -> str:
    match request.after:
        case None:
            return ""
        case (str() as text,):
            return text
    raise InvalidCursor("The cursor is not one of this list; take it from the previous page.")
