"""TagService: translate, open one transaction, call one use case, translate back."""

from typing import Any
from uuid import UUID

import grpc

from chassis.clock import Clock
from chassis.idempotency import answer_once
from chassis.identity import caller
from chassis.paging import PageRequest
from quanzi.segmentation.v1.tags_pb2 import (
    BatchGetTagRulesRequest,
    BatchGetTagRulesResponse,
    DeleteTagRuleRequest,
    DeleteTagRuleResponse,
    GetTagAccuracyRequest,
    GetTagAccuracyResponse,
    JudgeTagRequest,
    JudgeTagResponse,
    ListTagRulesRequest,
    ListTagRulesResponse,
    ListTagsRequest,
    ListTagsResponse,
    SaveTagRuleRequest,
    SaveTagRuleResponse,
    TagCount,
)
from quanzi.segmentation.v1.tags_pb2_grpc import TagServiceServicer
from segmentation.application.delete_tag_rule import delete_tag_rule
from segmentation.application.judge_tag import JudgeTag, judge_tag
from segmentation.application.measure_tags import measure_tags
from segmentation.application.ports import Transactions
from segmentation.application.save_tag_rule import save_tag_rule
from segmentation.domain.tags import TagJudgement
from segmentation.entrypoints.tags_wire import accuracy_to_wire, rule_from_wire, rule_to_wire
from segmentation.entrypoints.wire import local_date, member_to_wire

MOST_TAGS = 500
Context = grpc.aio.ServicerContext[Any, Any]


class TagsRpc(TagServiceServicer):
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions, self._clock = transactions, clock

    async def SaveTagRule(self, request: SaveTagRuleRequest, _: Context) -> SaveTagRuleResponse:
        command = rule_from_wire(request)
        async with self._transactions(caller().tenant_id) as uow:

            async def save() -> SaveTagRuleResponse:
                return SaveTagRuleResponse(
                    rule=rule_to_wire(await save_tag_rule(uow, command, self._clock()))
                )

            if command.rule_id:
                return await save()
            return await answer_once(uow.idempotency, "SaveTagRule", request, SaveTagRuleResponse, save)

    async def DeleteTagRule(self, request: DeleteTagRuleRequest, _: Context) -> DeleteTagRuleResponse:
        async with self._transactions(caller().tenant_id) as uow:
            await delete_tag_rule(uow, UUID(request.id), self._clock())
        return DeleteTagRuleResponse()

    async def ListTagRules(self, request: ListTagRulesRequest, _: Context) -> ListTagRulesResponse:
        wanted = PageRequest.of(request.page)
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.tag_rules.page(wanted)
        return ListTagRulesResponse(rules=map(rule_to_wire, page.items), page_info=page.info())

    async def BatchGetTagRules(
        self, request: BatchGetTagRulesRequest, _: Context
    ) -> BatchGetTagRulesResponse:
        async with self._transactions(caller().tenant_id) as uow:
            rules = await uow.tag_rules.by_ids([UUID(it) for it in request.ids])
        return BatchGetTagRulesResponse(rules=map(rule_to_wire, rules))

    async def JudgeTag(self, request: JudgeTagRequest, _: Context) -> JudgeTagResponse:
        who = caller()
        judgement = TagJudgement(request.judgement)
        command = JudgeTag(UUID(request.member_id), request.name, judgement, who.subject)
        async with self._transactions(who.tenant_id) as uow:
            return JudgeTagResponse(member=member_to_wire(await judge_tag(uow, command, self._clock())))

    async def GetTagAccuracy(self, request: GetTagAccuracyRequest, _: Context) -> GetTagAccuracyResponse:
        first = local_date(request.from_date, "from_date")
        last = local_date(request.to_date, "to_date")
        async with self._transactions(caller().tenant_id) as uow:
            measured = await measure_tags(uow, first, last)
        return GetTagAccuracyResponse(accuracies=map(accuracy_to_wire, measured))

    async def ListTags(self, request: ListTagsRequest, _: Context) -> ListTagsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            counts = await uow.tags.counts(MOST_TAGS)
        return ListTagsResponse(tags=[TagCount(name=it.name, members=it.members) for it in counts])
