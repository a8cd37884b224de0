"""The tenant puts back the words of an earlier version."""

from risk.application.lexicon_edits import Editor, LexiconChange, record_edit
from risk.application.lexicon_ports import Edit
from risk.application.ports import UnitOfWork


async def restore_lexicon(uow: UnitOfWork, version: int, editor: Editor) -> LexiconChange:
    """As a new version, unless the words are the same. Raises LexiconVersionNotFound."""
    current = await uow.words.take_turn()
    now, then = await uow.words.at(current), await uow.words.at(version)
    put = await uow.words.put(then, current + 1)
    removed = await uow.words.remove(now.keys() - then.keys(), current + 1)
    edit = Edit(put.added, put.changed, removed.removed)
    return await record_edit(uow, current, edit, editor, restored_version=version)
