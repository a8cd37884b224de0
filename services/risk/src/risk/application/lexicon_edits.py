"""What all edits of the lexicon have in common."""

from dataclasses import dataclass
from datetime import datetime

from risk.application.lexicon_ports import Edit, LexiconVersion
from risk.application.ports import UnitOfWork
from risk.domain.events import LexiconChanged


@dataclass(frozen=True, slots=True)
class LexiconChange:
    """`words` were added, changed or removed; the version is the one now in force."""

    version: int
    words: int


@dataclass(frozen=True, slots=True)
class Editor:
    """Who edits, and when."""

    subject: str
    now: datetime


async def record_edit(
    uow: UnitOfWork, current: int, edit: Edit, editor: Editor, restored_version: int | None = None
) -> LexiconChange:
    """A change makes a version and is announced; no change, neither."""
    if not edit.words:
        return LexiconChange(current, 0)
    version = LexiconVersion(current + 1, editor.now, editor.subject, edit, restored_version)
    await uow.words.add_version(version)
    await uow.publish(LexiconChanged(version.version), at=editor.now)
    return LexiconChange(version.version, edit.words)
