"""LexiconService: translate, open one transaction, call one use case, translate back."""

from typing import Any

import grpc

from chassis.clock import Clock
from chassis.identity import caller
from chassis.paging import PageRequest
from quanzi.risk.v1 import lexicon_pb2 as pb
from quanzi.risk.v1.lexicon_pb2_grpc import LexiconServiceServicer
from risk.application.list_words import list_words
from risk.application.ports import Screeners, Transactions
from risk.application.put_words import put_words
from risk.application.remove_words import remove_words
from risk.domain.normal_form import Normaliser
from risk.domain.verdict import RiskCategory
from risk.entrypoints.wire import word_of, word_to_wire
from risk.enums import optional

Context = grpc.aio.ServicerContext[Any, Any]


class LexiconRpc(LexiconServiceServicer):
    def __init__(
        self, transactions: Transactions, screeners: Screeners, normaliser: Normaliser, clock: Clock
    ) -> None:
        self._transactions, self._screeners = transactions, screeners
        self._normaliser, self._clock = normaliser, clock

    async def PutWords(self, request: pb.PutWordsRequest, context: Context) -> pb.PutWordsResponse:
        entries = [word_of(word) for word in request.words]
        async with self._transactions(caller().tenant_id) as uow:
            change = await put_words(uow, self._normaliser, entries, self._clock())
        return pb.PutWordsResponse(version=change.version, changed=change.words)

    async def RemoveWords(self, request: pb.RemoveWordsRequest, context: Context) -> pb.RemoveWordsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            change = await remove_words(uow, self._normaliser, request.words, self._clock())
        return pb.RemoveWordsResponse(version=change.version, removed=change.words)

    async def ListWords(self, request: pb.ListWordsRequest, context: Context) -> pb.ListWordsResponse:
        category = optional(RiskCategory, request.category)
        async with self._transactions(caller().tenant_id) as uow:
            listed = await list_words(uow, self._screeners, PageRequest.of(request.page), category)
        return pb.ListWordsResponse(
            words=[word_to_wire(word) for word in listed.page.items],
            page_info=listed.page.info(),
            version=listed.version,
        )
