"""The tenant takes back words of its own.

A word shipped with the service is not removed but overridden, by allowing it.
"""

from collections.abc import Sequence

from risk.application.lexicon_edits import Editor, LexiconChange, record_edit
from risk.application.ports import UnitOfWork
from risk.domain.normal_form import Normaliser


async def remove_words(
    uow: UnitOfWork, normaliser: Normaliser, texts: Sequence[str], editor: Editor
) -> LexiconChange:
    """Words not there are ignored."""
    current = await uow.words.take_turn()
    edit = await uow.words.remove({normaliser.compact(text) for text in texts}, current + 1)
    return await record_edit(uow, current, edit, editor)
