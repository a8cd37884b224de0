"""FAQ and keyword replies in PostgreSQL; the search index in memory, one per tenant and FAQ version."""

import asyncio
import json
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text

from chassis.database import Session
from chassis.paging import Page, PageRequest, fetch_page
from support.adapters.tables import faq_entries, faq_versions, keyword_replies
from support.domain.answering import FaqEntry, KeywordReply
from support.domain.retrieval import FaqIndex

COLUMNS = [column for column in faq_entries.c if column.name != "tenant_id"]
KEPT_INDEXES = 50
_PUT_FAQ = text("""
    insert into faq_entries as faq (tenant_id, id, external_reference, question, paraphrases, answer)
    select :tenant_id, id, external_reference, question,
           array(select jsonb_array_elements_text(paraphrases)), answer
    from unnest(cast(:ids as uuid[]), cast(:references as text[]), cast(:questions as text[]),
                cast(:paraphrases as jsonb[]), cast(:answers as text[]))
         as entry (id, external_reference, question, paraphrases, answer)
    order by external_reference
    on conflict (tenant_id, external_reference) do update
    set question = excluded.question, paraphrases = excluded.paraphrases, answer = excluded.answer
    where (faq.question, faq.paraphrases, faq.answer)
          is distinct from (excluded.question, excluded.paraphrases, excluded.answer)
    returning 1
""")
_NEXT_VERSION = text("""
    insert into faq_versions as faq (tenant_id, version) values (:tenant_id, 1)
    on conflict (tenant_id) do update set version = faq.version + 1
""")
_PUT_KEYWORDS = text("""
    insert into keyword_replies as reply (tenant_id, keyword, answer)
    select :tenant_id, keyword, answer
    from unnest(cast(:keywords as text[]), cast(:answers as text[])) as new (keyword, answer)
    order by keyword
    on conflict (tenant_id, keyword) do update set answer = excluded.answer
    where reply.answer is distinct from excluded.answer
    returning 1
""")


class IndexCache:
    """Indexes of the tenants served lately; bounded."""

    def __init__(self) -> None:
        self._indexes: OrderedDict[UUID, tuple[int, FaqIndex]] = OrderedDict()

    def get(self, tenant_id: UUID, version: int) -> FaqIndex | None:
        known, index = self._indexes.get(tenant_id, (-1, None))
        return index if known == version else None

    def put(self, tenant_id: UUID, version: int, index: FaqIndex) -> None:
        self._indexes[tenant_id] = version, index
        self._indexes.move_to_end(tenant_id)
        if len(self._indexes) > KEPT_INDEXES:
            self._indexes.popitem(last=False)


class SqlKnowledge:
    def __init__(self, session: Session, indexes: IndexCache) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id
        self._indexes = indexes

    async def put_faq(self, entries: Sequence[FaqEntry]) -> int:
        last = list({entry.external_reference: entry for entry in entries}.values())
        parameters = {
            "tenant_id": self._tenant_id,
            "ids": [entry.id for entry in last],
            "references": [entry.external_reference for entry in last],
            "questions": [entry.question for entry in last],
            "paraphrases": [json.dumps(entry.paraphrases, ensure_ascii=False) for entry in last],
            "answers": [entry.answer for entry in last],
        }
        changed = len((await self._connection.execute(_PUT_FAQ, parameters)).all())
        if changed:
            await self._connection.execute(_NEXT_VERSION, {"tenant_id": self._tenant_id})
        return changed

    async def put_keywords(self, replies: Sequence[KeywordReply]) -> int:
        last = {reply.keyword: reply.answer for reply in replies}
        parameters = {
            "tenant_id": self._tenant_id,
            "keywords": list(last),
            "answers": list(last.values()),
        }
        return len((await self._connection.execute(_PUT_KEYWORDS, parameters)).all())

    async def faq_page(self, request: PageRequest) -> Page[FaqEntry]:
        order = (faq_entries.c.external_reference, faq_entries.c.id)
        return await fetch_page(self._connection, select(*COLUMNS), order, request, _entry)

    async def faq_answer(self, entry_id: UUID) -> str:
        statement = select(faq_entries.c.answer).where(faq_entries.c.id == entry_id)
        answer: str = (await self._connection.execute(statement)).scalar_one()
        return answer

    async def keywords(self) -> Sequence[KeywordReply]:
        rows = await self._connection.execute(select(keyword_replies.c.keyword, keyword_replies.c.answer))
        return [KeywordReply(row.keyword, row.answer) for row in rows]

    async def index(self) -> FaqIndex:
        version = (await self._connection.execute(select(faq_versions.c.version))).scalar() or 0
        index = self._indexes.get(self._tenant_id, version)
        if index is None:
            statement = select(faq_entries.c.id, faq_entries.c.question, faq_entries.c.paraphrases)
            rows = (await self._connection.execute(statement)).all()
            wordings = [(row.id, words) for row in rows for words in (row.question, *row.paraphrases)]
            index = await asyncio.to_thread(FaqIndex, wordings)
            self._indexes.put(self._tenant_id, version, index)
        return index


def _entry(row: Row[Any]) -> FaqEntry:
    return FaqEntry(row.id, row.external_reference, row.question, tuple(row.paraphrases), row.answer)
