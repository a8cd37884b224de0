"""AnswerService: translate, open one transaction, call one use case, translate back."""

from typing import Any
from uuid import UUID

import grpc

from chassis.clock import Clock
from chassis.idempotency import answer_once
from chassis.identity import caller
from chassis.ids import derived_id, new_id, optional_id
from chassis.paging import PageRequest
from chassis.timestamps import timestamp
from quanzi.support.v1 import answers_pb2 as pb
from quanzi.support.v1.answers_pb2_grpc import AnswerServiceServicer
from support.application.ask_question import AskQuestion, ask_question
from support.application.ports import Texts, Transactions
from support.application.update_support_policy import update_support_policy
from support.domain.answering import FaqEntry, KeywordReply
from support.entrypoints.wire import answer_to_wire, faq_entry_to_wire, policy_of, policy_to_wire

Context = grpc.aio.ServicerContext[Any, Any]


class AnswersRpc(AnswerServiceServicer):
    def __init__(self, transactions: Transactions, texts: Texts, clock: Clock) -> None:
        self._transactions, self._texts, self._clock = transactions, texts, clock

    async def AskQuestion(self, request: pb.AskQuestionRequest, context: Context) -> pb.AskQuestionResponse:
        now = self._clock()
        question = AskQuestion(new_id(), UUID(request.member_id), optional_id(request.group_id), request.text)
        async with self._transactions(caller().tenant_id) as uow:

            async def compute() -> pb.AskQuestionResponse:
                answer = answer_to_wire(await ask_question(uow, self._texts, question, now))
                answer.answered_at.CopyFrom(timestamp(now))
                return pb.AskQuestionResponse(answer=answer)

            return await answer_once(uow.idempotency, "AskQuestion", request, pb.AskQuestionResponse, compute)

    async def PutFaqEntries(
        self, request: pb.PutFaqEntriesRequest, context: Context
    ) -> pb.PutFaqEntriesResponse:
        tenant_id = caller().tenant_id
        entries = [
            FaqEntry(
                derived_id(tenant_id, "faq-entry", entry.external_reference),
                entry.external_reference,
                entry.question,
                tuple(entry.paraphrases),
                entry.answer,
            )
            for entry in request.entries
        ]
        async with self._transactions(tenant_id) as uow:
            return pb.PutFaqEntriesResponse(changed=await uow.knowledge.put_faq(entries))

    async def ListFaqEntries(
        self, request: pb.ListFaqEntriesRequest, context: Context
    ) -> pb.ListFaqEntriesResponse:
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.knowledge.faq_page(PageRequest.of(request.page))
        entries = [faq_entry_to_wire(entry) for entry in page.items]
        return pb.ListFaqEntriesResponse(entries=entries, page_info=page.info())

    async def PutKeywordReplies(
        self, request: pb.PutKeywordRepliesRequest, context: Context
    ) -> pb.PutKeywordRepliesResponse:
        replies = [KeywordReply(reply.keyword, reply.answer) for reply in request.replies]
        async with self._transactions(caller().tenant_id) as uow:
            return pb.PutKeywordRepliesResponse(changed=await uow.knowledge.put_keywords(replies))

    async def GetSupportPolicy(
        self, request: pb.GetSupportPolicyRequest, context: Context
    ) -> pb.GetSupportPolicyResponse:
        async with self._transactions(caller().tenant_id) as uow:
            policy = await uow.policies.current()
        return pb.GetSupportPolicyResponse(policy=policy_to_wire(policy))

    async def UpdateSupportPolicy(
        self, request: pb.UpdateSupportPolicyRequest, context: Context
    ) -> pb.UpdateSupportPolicyResponse:
        wanted = policy_of(request.policy)
        async with self._transactions(caller().tenant_id) as uow:
            policy = await update_support_policy(uow, wanted, request.expected_version, self._clock())
        return pb.UpdateSupportPolicyResponse(policy=policy_to_wire(policy))
