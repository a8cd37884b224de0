"""Reading decisions, violations, tasks, the lexicon; asking what screening would say."""

from typing import Annotated

import strawberry

from gateway.connections import After, Connection, First, connection, page
from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import optional_uuid
from gateway.risk.policy import RiskPolicy
from gateway.risk.types import (
    LexiconWord,
    ModeratorTask,
    ModeratorTaskStatus,
    RiskCategory,
    ScreeningDecision,
    ScreeningPurpose,
    Verdict,
    Violation,
    ViolationStatus,
)
from gateway.segmentation.arguments import InGroup, OfMember
from gateway.values import number
from quanzi.risk.v1 import lexicon_pb2, screening_pb2, violations_pb2


@strawberry.type
class RiskQueries:
    @resolved("Violations (违规), newest first; filters combine with `and`.")
    async def violations(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        group: InGroup = None,
        member: OfMember = None,
        status: Annotated[
            ViolationStatus | None, strawberry.argument(description="Only in this state.")
        ] = None,
    ) -> Connection[Violation] | None:
        request = violations_pb2.ListViolationsRequest(
            page=page(info, first, after),
            group_id=optional_uuid(group, "Group", "group"),
            member_id=optional_uuid(member, "Member", "member"),
            status=number(status),
        )
        answer = await info.context.clients.violations.ListViolations(request)
        return connection(map(Violation.of, answer.violations), answer.page_info, after)

    @resolved("Moderator tasks (管理员任务) by deadline.")
    async def moderator_tasks(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        group: InGroup = None,
        status: Annotated[
            ModeratorTaskStatus | None, strawberry.argument(description="Only in this state.")
        ] = None,
    ) -> Connection[ModeratorTask] | None:
        request = violations_pb2.ListModeratorTasksRequest(
            page=page(info, first, after),
            group_id=optional_uuid(group, "Group", "group"),
            status=number(status),
        )
        answer = await info.context.clients.violations.ListModeratorTasks(request)
        return connection(map(ModeratorTask.of, answer.tasks), answer.page_info, after)

    @resolved("Decisions about messages (消息审核), newest first.")
    async def screening_decisions(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        group: InGroup = None,
        member: OfMember = None,
        at_least: Annotated[
            Verdict | None, strawberry.argument(description="Only decisions at least this severe.")
        ] = None,
    ) -> Connection[ScreeningDecision] | None:
        request = screening_pb2.ListDecisionsRequest(
            page=page(info, first, after),
            group_id=optional_uuid(group, "Group", "group"),
            member_id=optional_uuid(member, "Member", "member"),
            at_least=number(at_least),
        )
        answer = await info.context.clients.screening.ListDecisions(request)
        return connection(map(ScreeningDecision.of, answer.decisions), answer.page_info, after)

    @resolved("What screening would say of some texts (试审); nothing is stored.")
    async def text_screening(
        self,
        info: Info,
        purpose: Annotated[ScreeningPurpose, strawberry.argument(description="Where they stand.")],
        texts: Annotated[list[str], strawberry.argument(description="1 to 500 texts.")],
    ) -> list[ScreeningDecision] | None:
        request = screening_pb2.ScreenTextsRequest(purpose=number(purpose), texts=texts)
        answer = await info.context.clients.screening.ScreenTexts(request)
        return [ScreeningDecision.of(decision) for decision in answer.decisions]

    @resolved("The tenant's lexicon (敏感词库), by word.")
    async def lexicon_words(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        category: Annotated[
            RiskCategory | None, strawberry.argument(description="Only of this category.")
        ] = None,
    ) -> Connection[LexiconWord] | None:
        request = lexicon_pb2.ListWordsRequest(page=page(info, first, after), category=number(category))
        answer = await info.context.clients.lexicon.ListWords(request)
        return connection(map(LexiconWord.of, answer.words), answer.page_info, after)

    @resolved("The risk policy in force.")
    async def risk_policy(self, info: Info) -> RiskPolicy | None:
        answer = await info.context.clients.violations.GetRiskPolicy(violations_pb2.GetRiskPolicyRequest())
        return RiskPolicy.of(answer.policy)
