"""LexiconService: translate, open one transaction, call one use case, translate back."""

from collections.abc import Callable
from typing import Any

import grpc

from chassis.clock import Clock
from chassis.identity import caller
from chassis.paging import PageRequest
from quanzi.risk.v1 import lexicon_pb2 as pb
from quanzi.risk.v1.lexicon_pb2_grpc import LexiconServiceServicer
from risk.application.export_keywords import export_keywords
from risk.application.export_words import export_words
from risk.application.lexicon_edits import Editor
from risk.application.list_words import list_words
from risk.application.ports import Screeners, Transactions
from risk.application.put_words import put_words
from risk.application.remove_words import remove_words
from risk.application.restore_lexicon import restore_lexicon
from risk.application.try_words import try_words
from risk.domain.normal_form import Normaliser
from risk.domain.verdict import RiskCategory
from risk.entrypoints.lexicon_wire import TARGETS, keywords_to_wire, trial_of, trial_to_wire, version_to_wire
from risk.entrypoints.wire import word_of, word_to_wire
from risk.enums import optional

Context = grpc.aio.ServicerContext[Any, Any]


class LexiconRpc(LexiconServiceServicer):
    def __init__(
        self,
        transactions: Transactions,
        screeners: Screeners,
        normaliser: Normaliser,
        category_name: Callable[[RiskCategory], str],
        clock: Clock,
    ) -> None:
        self._transactions, self._screeners = transactions, screeners
        self._normaliser, self._category_name, self._clock = normaliser, category_name, clock

    async def PutWords(self, request: pb.PutWordsRequest, context: Context) -> pb.PutWordsResponse:
        entries = [word_of(word) for word in request.words]
        async with self._transactions(caller().tenant_id) as uow:
            change = await put_words(uow, self._normaliser, entries, self._editor())
        return pb.PutWordsResponse(version=change.version, changed=change.words)

    async def RemoveWords(self, request: pb.RemoveWordsRequest, context: Context) -> pb.RemoveWordsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            change = await remove_words(uow, self._normaliser, request.words, self._editor())
        return pb.RemoveWordsResponse(version=change.version, removed=change.words)

    async def RestoreLexicon(
        self, request: pb.RestoreLexiconRequest, context: Context
    ) -> pb.RestoreLexiconResponse:
        async with self._transactions(caller().tenant_id) as uow:
            change = await restore_lexicon(uow, request.version, self._editor())
        return pb.RestoreLexiconResponse(version=change.version, changed=change.words)

    async def ListLexiconVersions(
        self, request: pb.ListLexiconVersionsRequest, context: Context
    ) -> pb.ListLexiconVersionsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.words.versions(PageRequest.of(request.page))
        versions = [version_to_wire(version) for version in page.items]
        return pb.ListLexiconVersionsResponse(versions=versions, page_info=page.info())

    async def TestLexicon(self, request: pb.TestLexiconRequest, context: Context) -> pb.TestLexiconResponse:
        trial = trial_of(request)
        async with self._transactions(caller().tenant_id) as uow:
            result = await try_words(uow, self._screeners, self._normaliser, trial, self._clock())
        return trial_to_wire(trial, result)

    async def ExportKeywords(
        self, request: pb.ExportKeywordsRequest, context: Context
    ) -> pb.ExportKeywordsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            keywords = await export_keywords(uow, self._screeners, TARGETS[request.target])
        return keywords_to_wire(keywords, self._category_name)

    async def ExportWords(self, request: pb.ExportWordsRequest, context: Context) -> pb.ExportWordsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            exported = await export_words(uow, self._screeners, request.after, request.with_shipped)
        return pb.ExportWordsResponse(
            words=[word_to_wire(word) for word in exported.words],
            has_more=exported.has_more,
            version=exported.version,
        )

    async def ListWords(self, request: pb.ListWordsRequest, context: Context) -> pb.ListWordsResponse:
        category = optional(RiskCategory, request.category)
        page = PageRequest.of(request.page)
        async with self._transactions(caller().tenant_id) as uow:
            listed = await list_words(uow, self._screeners, page, category)
        return pb.ListWordsResponse(
            words=[word_to_wire(word) for word in listed.page.items],
            page_info=listed.page.info(),
            version=listed.version,
        )

    def _editor(self) -> Editor:
        return Editor(caller().subject, self._clock())
