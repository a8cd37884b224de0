"""The tenant adds words to its lexicon, or changes those there."""

from collections.abc import Sequence

from risk.application.lexicon_edits import Editor, LexiconChange, record_edit
from risk.application.ports import UnitOfWork
from risk.domain.lexicon import Word
from risk.domain.normal_form import Normaliser


async def put_words(
    uow: UnitOfWork, normaliser: Normaliser, entries: Sequence[Word], editor: Editor
) -> LexiconChange:
    """In force from the next batch on, everywhere. Raises InvalidWord."""
    words = [entry.fit(normaliser) for entry in entries]
    current = await uow.words.take_turn()
    edit = await uow.words.put({normaliser.compact(word.text): word for word in words}, current + 1)
    return await record_edit(uow, current, edit, editor)
