"""What use cases of the lexicon need of storage."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chassis.paging import Page, PageRequest
from risk.domain.decision import Decided
from risk.domain.lexicon import Word
from risk.domain.replay import KeptText

TEXTS_EXPIRY = "texts-expiry"


@dataclass(frozen=True, slots=True)
class Edit:
    """How many words an edit touched."""

    added: int = 0
    changed: int = 0
    removed: int = 0

    @property
    def words(self) -> int:
        return self.added + self.changed + self.removed


@dataclass(frozen=True, slots=True)
class LexiconVersion:
    """A version of the tenant's lexicon; `restored_version` is the one whose words it put back."""

    version: int
    edited_at: datetime
    edited_by: str
    edit: Edit
    restored_version: int | None = None


class TenantWords(Protocol):
    """The tenant's own words; each form holds one."""

    async def version(self) -> int:
        """Of the whole lexicon; 1 while the tenant has changed nothing."""
        ...

    async def all(self) -> Sequence[Word]: ...

    async def after(self, text: str, most: int) -> Sequence[Word]:
        """Those after a text in the order of code points."""
        ...

    async def take_turn(self) -> int:
        """Wait until nobody else edits the tenant's words; the version in force then."""
        ...

    async def put(self, words: Mapping[str, Word], version: int) -> Edit:
        """Add or replace by form, as part of this version; those there already are left alone."""
        ...

    async def remove(self, forms: Collection[str], version: int) -> Edit:
        """As part of this version; those not there are ignored."""
        ...

    async def add_version(self, version: LexiconVersion) -> None:
        """It is in force from now on."""
        ...

    async def at(self, version: int) -> Mapping[str, Word]:
        """The tenant's words of a version, by form. Raises LexiconVersionNotFound."""
        ...

    async def versions(self, request: PageRequest) -> Page[LexiconVersion]:
        """Newest first."""
        ...


class MessageTexts(Protocol):
    """Masked texts of messages, kept for a while."""

    async def add(self, decided: Sequence[Decided]) -> None: ...

    async def newest(self, since: datetime, most: int) -> Sequence[KeptText]:
        """Decided since then, newest first."""
        ...

    async def forget(self, before: datetime, most: int) -> int:
        """Forget texts decided before; returns how many, at most `most`."""
        ...
