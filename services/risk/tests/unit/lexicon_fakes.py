"""Words and texts in memory."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from chassis.paging import Page, PageRequest, page_of
from risk.application.lexicon_ports import Edit, LexiconVersion
from risk.domain.decision import Decided, Decision
from risk.domain.errors import LexiconVersionNotFound
from risk.domain.lexicon import Word
from risk.domain.replay import KeptText
from risk.domain.screening import storable


@dataclass
class LexiconRows:
    """The words of one tenant, as they are and as every version left them."""

    words: dict[str, Word] = field(default_factory=dict)
    versions: list[LexiconVersion] = field(default_factory=list)
    by_version: dict[int, dict[str, Word]] = field(default_factory=lambda: {1: {}})

    @property
    def version(self) -> int:
        return self.versions[-1].version if self.versions else 1


class FakeWords:
    def __init__(self, rows: LexiconRows) -> None:
        self._rows = rows

    async def version(self) -> int:
        return self._rows.version

    async def all(self) -> Sequence[Word]:
        return list(self._rows.words.values())

    async def after(self, text: str, most: int) -> Sequence[Word]:
        words = sorted(self._rows.words.values(), key=lambda word: word.text)
        return [word for word in words if word.text > text][:most]

    async def take_turn(self) -> int:
        return self._rows.version

    async def put(self, words: Mapping[str, Word], version: int) -> Edit:
        stored = self._rows.words
        added = sum(form not in stored for form in words)
        changed = sum(form in stored and stored[form] != word for form, word in words.items())
        stored |= words
        return Edit(added=added, changed=changed)

    async def remove(self, forms: Collection[str], version: int) -> Edit:
        return Edit(removed=sum(self._rows.words.pop(form, None) is not None for form in forms))

    async def add_version(self, version: LexiconVersion) -> None:
        self._rows.versions.append(version)
        self._rows.by_version[version.version] = dict(self._rows.words)

    async def at(self, version: int) -> Mapping[str, Word]:
        if version not in self._rows.by_version:
            raise LexiconVersionNotFound(f"There is no version {version}")
        return self._rows.by_version[version]

    async def versions(self, request: PageRequest) -> Page[LexiconVersion]:
        after = request.after[0] if request.after else self._rows.version + 1
        newest = [version for version in reversed(self._rows.versions) if version.version < after]
        total = len(self._rows.versions) if request.count_total else None
        return page_of(newest[: request.first + 1], request, lambda version: (version.version,), total)


class FakeTexts:
    def __init__(self, texts: dict[UUID, Decided], decisions: Mapping[UUID, Decision]) -> None:
        self._texts, self._decisions = texts, decisions

    async def add(self, decided: Sequence[Decided]) -> None:
        self._texts |= {it.message.activity_id: it for it in decided}

    async def newest(self, since: datetime, most: int) -> Sequence[KeptText]:
        recent = [it for it in self._texts.values() if it.decision.decided_at > since]
        recent.sort(key=lambda it: (it.decision.decided_at, it.message.activity_id), reverse=True)
        return [_kept(it, self._decisions[it.message.activity_id]) for it in recent[:most]]

    async def forget(self, before: datetime, most: int) -> int:
        old = [id_ for id_, it in self._texts.items() if it.decision.decided_at <= before][:most]
        for id_ in old:
            del self._texts[id_]
        return len(old)


def _kept(it: Decided, decision: Decision) -> KeptText:
    text = decision.screening.masked_text or storable(it.message.text)
    screening = decision.screening
    return KeptText(
        it.message.activity_id, text, screening.verdict, screening.findings, screening.probability
    )
