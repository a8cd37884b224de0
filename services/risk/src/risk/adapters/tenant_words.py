"""The tenant's own lexicon words in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import delete, select, text

from chassis.database import Session
from risk.adapters.screeners import UNCHANGED
from risk.adapters.tables import lexicon_versions, lexicon_words
from risk.domain.lexicon import Word
from risk.domain.verdict import RiskCategory, Verdict

_PUT = text("""
    insert into lexicon_words (tenant_id, form, word, verdict, category)
    select :tenant_id, form, word, verdict, category
    from unnest(cast(:forms as text[]), cast(:words as text[]), cast(:verdicts as smallint[]),
                cast(:categories as smallint[])) as entry (form, word, verdict, category)
    order by form
    on conflict (tenant_id, form) do update
    set word = excluded.word, verdict = excluded.verdict, category = excluded.category
    where (lexicon_words.word, lexicon_words.verdict, lexicon_words.category)
          is distinct from (excluded.word, excluded.verdict, excluded.category)
""")
_NEXT_VERSION = text("""
    insert into lexicon_versions (tenant_id, version) values (:tenant_id, :first)
    on conflict (tenant_id) do update set version = lexicon_versions.version + 1
    returning version
""")


class SqlTenantWords:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def version(self) -> int:
        version = (await self._connection.execute(select(lexicon_versions.c.version))).scalar()
        return UNCHANGED if version is None else version

    async def all(self) -> Sequence[Word]:
        query = select(lexicon_words.c.word, lexicon_words.c.verdict, lexicon_words.c.category)
        return [
            Word(word, Verdict(verdict), None if category is None else RiskCategory(category))
            for word, verdict, category in await self._connection.execute(query)
        ]

    async def put(self, words: Mapping[str, Word]) -> int:
        entries = list(words.values())
        parameters = {
            "tenant_id": self._tenant_id,
            "forms": list(words),
            "words": [word.text for word in entries],
            "verdicts": [word.verdict.value for word in entries],
            "categories": [word.category for word in entries],
        }
        return (await self._connection.execute(_PUT, parameters)).rowcount

    async def remove(self, forms: Collection[str]) -> int:
        removing = delete(lexicon_words).where(
            lexicon_words.c.tenant_id == self._tenant_id, lexicon_words.c.form.in_(forms)
        )
        return (await self._connection.execute(removing)).rowcount

    async def next_version(self) -> int:
        parameters = {"tenant_id": self._tenant_id, "first": UNCHANGED + 1}
        version: int = (await self._connection.execute(_NEXT_VERSION, parameters)).scalar_one()
        return version
