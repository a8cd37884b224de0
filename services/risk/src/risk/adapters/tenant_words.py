"""The tenant's own lexicon words in PostgreSQL, with their history."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, collate, insert, select, text

from chassis.database import Session
from chassis.paging import Page, PageRequest, fetch_page
from risk.adapters.screeners import UNCHANGED
from risk.adapters.tables import lexicon_edits, lexicon_versions, lexicon_words
from risk.application.lexicon_ports import Edit, LexiconVersion
from risk.domain.errors import LexiconVersionNotFound
from risk.domain.lexicon import Word
from risk.domain.verdict import RiskCategory, Verdict

_TAKE_TURN = text("""
    insert into lexicon_versions (tenant_id, version) values (:tenant_id, :unchanged)
    on conflict (tenant_id) do update set version = lexicon_versions.version
    returning version
""")
_PUT = text("""
    with put as (
        insert into lexicon_words (tenant_id, form, word, verdict, category,
                                   match_homophones, match_splits, note)
        select :tenant_id, entry.*
        from unnest(cast(:forms as text[]), cast(:words as text[]), cast(:verdicts as smallint[]),
                    cast(:categories as smallint[]), cast(:homophones as boolean[]),
                    cast(:splits as boolean[]), cast(:notes as text[])) as entry (form)
        order by form
        on conflict (tenant_id, form) do update
        set word = excluded.word, verdict = excluded.verdict, category = excluded.category,
            match_homophones = excluded.match_homophones, match_splits = excluded.match_splits,
            note = excluded.note
        where (lexicon_words.word, lexicon_words.verdict, lexicon_words.category,
               lexicon_words.match_homophones, lexicon_words.match_splits, lexicon_words.note)
              is distinct from (excluded.word, excluded.verdict, excluded.category,
                                excluded.match_homophones, excluded.match_splits, excluded.note)
        returning *, xmax = 0 as is_new
    ), kept as (
        insert into lexicon_word_versions
        select tenant_id, form, :version, word, verdict, category, match_homophones, match_splits, note
        from put
    )
    select count(*) filter (where is_new) as added, count(*) filter (where not is_new) as changed from put
""")
_REMOVE = text("""
    with gone as (
        delete from lexicon_words where tenant_id = :tenant_id and form = any(cast(:forms as text[]))
        returning *
    ), kept as (
        insert into lexicon_word_versions
        select tenant_id, form, :version, null, verdict, category, match_homophones, match_splits, note
        from gone
    )
    select count(*) from gone
""")
_SET_VERSION = text("update lexicon_versions set version = :version where tenant_id = :tenant_id")
_AT = text("""
    select * from (
        select distinct on (form) form, word, verdict, category, match_homophones, match_splits, note
        from lexicon_word_versions
        where tenant_id = :tenant_id and version <= :version
        order by form, version desc
    ) newest
    where word is not null
""")


class SqlTenantWords:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def version(self) -> int:
        version = (await self._connection.execute(select(lexicon_versions.c.version))).scalar()
        return UNCHANGED if version is None else version

    async def all(self) -> Sequence[Word]:
        return [_to_word(row) for row in await self._connection.execute(select(lexicon_words))]

    async def after(self, text: str, most: int) -> Sequence[Word]:
        order = collate(lexicon_words.c.word, "C")
        words = select(lexicon_words).where(order > text).order_by(order).limit(most)
        return [_to_word(row) for row in await self._connection.execute(words)]

    async def take_turn(self) -> int:
        parameters = {"tenant_id": self._tenant_id, "unchanged": UNCHANGED}
        version: int = (await self._connection.execute(_TAKE_TURN, parameters)).scalar_one()
        return version

    async def put(self, words: Mapping[str, Word], version: int) -> Edit:
        entries = list(words.values())
        parameters = {
            "tenant_id": self._tenant_id,
            "version": version,
            "forms": list(words),
            "words": [word.text for word in entries],
            "verdicts": [word.verdict.value for word in entries],
            "categories": [word.category for word in entries],
            "homophones": [word.match_homophones for word in entries],
            "splits": [word.match_splits for word in entries],
            "notes": [word.note for word in entries],
        }
        counts = (await self._connection.execute(_PUT, parameters)).one()
        return Edit(added=counts.added, changed=counts.changed)

    async def remove(self, forms: Collection[str], version: int) -> Edit:
        parameters = {"tenant_id": self._tenant_id, "version": version, "forms": list(forms)}
        return Edit(removed=(await self._connection.execute(_REMOVE, parameters)).scalar_one())

    async def add_version(self, version: LexiconVersion) -> None:
        row = {
            "tenant_id": self._tenant_id,
            "version": version.version,
            "edited_at": version.edited_at,
            "edited_by": version.edited_by,
            "added": version.edit.added,
            "changed": version.edit.changed,
            "removed": version.edit.removed,
            "restored_version": version.restored_version,
        }
        await self._connection.execute(insert(lexicon_edits).values(row))
        parameters = {"tenant_id": self._tenant_id, "version": version.version}
        await self._connection.execute(_SET_VERSION, parameters)

    async def at(self, version: int) -> Mapping[str, Word]:
        known = select(lexicon_edits.c.version).where(lexicon_edits.c.version == version)
        if version != UNCHANGED and (await self._connection.execute(known)).first() is None:
            raise LexiconVersionNotFound(
                f"There is no version {version}: list the versions, take one of them"
            )
        rows = await self._connection.execute(_AT, {"tenant_id": self._tenant_id, "version": version})
        return {row.form: _to_word(row) for row in rows}

    async def versions(self, request: PageRequest) -> Page[LexiconVersion]:
        return await fetch_page(
            self._connection,
            select(lexicon_edits),
            (lexicon_edits.c.version,),
            request,
            _to_version,
            descending=True,
        )


def _to_word(row: Row[Any]) -> Word:
    category = None if row.category is None else RiskCategory(row.category)
    verdict = Verdict(row.verdict)
    return Word(row.word, verdict, category, row.match_homophones, row.match_splits, row.note)


def _to_version(row: Row[Any]) -> LexiconVersion:
    edit = Edit(row.added, row.changed, row.removed)
    return LexiconVersion(row.version, row.edited_at, row.edited_by, edit, row.restored_version)
