"""Reading cases, what they teach, and evaluation sets."""

from datetime import date
from typing import Annotated

import strawberry

from gateway.connections import After, Connection, First, connection, page
from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import optional_uuid, uuid_of
from gateway.risk.cases import Case, CaseKind, CasePolicy, CaseStatus
from gateway.risk.labels import (
    EvaluationSet,
    EvaluationSetPiece,
    ReviewerAgreement,
    ScreeningQuality,
    WordSuggestion,
)
from gateway.risk.types import RiskCategory
from gateway.segmentation.arguments import InGroup, OfMember
from gateway.values import number
from quanzi.risk.v1 import cases_pb2, labels_pb2

FromDate = Annotated[date, strawberry.argument(description="First local day.")]
ToDate = Annotated[date, strawberry.argument(description="Last local day, at most three years later.")]


@strawberry.type
class CaseQueries:
    @resolved("Cases (风险案件), riskiest and oldest first; filters combine with `and`.")
    async def cases(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        statuses: Annotated[
            list[CaseStatus] | None,
            strawberry.argument(description="Only in these states; null: what is not closed."),
        ] = None,
        kind: Annotated[CaseKind | None, strawberry.argument(description="Only of this kind.")] = None,
        category: Annotated[
            RiskCategory | None, strawberry.argument(description="Only of this category.")
        ] = None,
        group: InGroup = None,
        member: OfMember = None,
        reviewer: Annotated[
            str | None, strawberry.argument(description="Only those this reviewer holds, or closed.")
        ] = None,
        overdue: Annotated[bool, strawberry.argument(description="Only past their due time.")] = False,
    ) -> Connection[Case] | None:
        request = cases_pb2.ListCasesRequest(
            page=page(info, first, after),
            statuses=[number(status) for status in statuses or ()],
            kind=number(kind),
            category=number(category),
            group_id=optional_uuid(group, "Group", "group"),
            member_id=optional_uuid(member, "Member", "member"),
            reviewer=reviewer or "",
            overdue=overdue,
        )
        answer = await info.context.clients.cases.ListCases(request)
        return connection(map(Case.of, answer.cases), answer.page_info, after)

    @resolved("The policy of cases in force.")
    async def case_policy(self, info: Info) -> CasePolicy | None:
        answer = await info.context.clients.cases.GetCasePolicy(cases_pb2.GetCasePolicyRequest())
        return CasePolicy.of(answer.policy)

    @resolved("How right screening is (审核质量), by month and category, months in order.")
    async def screening_quality(
        self, info: Info, from_date: FromDate, to_date: ToDate
    ) -> list[ScreeningQuality] | None:
        request = labels_pb2.ListScreeningQualityRequest(
            from_date=from_date.isoformat(), to_date=to_date.isoformat()
        )
        answer = await info.context.clients.labels.ListScreeningQuality(request)
        return [ScreeningQuality.of(month) for month in answer.months]

    @resolved("How far reviewers agree (复核一致性), by month and category, months in order.")
    async def reviewer_agreement(
        self, info: Info, from_date: FromDate, to_date: ToDate
    ) -> list[ReviewerAgreement] | None:
        request = labels_pb2.ListReviewerAgreementRequest(
            from_date=from_date.isoformat(), to_date=to_date.isoformat()
        )
        answer = await info.context.clients.labels.ListReviewerAgreement(request)
        return [ReviewerAgreement.of(month) for month in answer.months]

    @resolved("Words that hit harmless messages most and are not allowed yet (白名单建议).")
    async def word_suggestions(self, info: Info, first: First = 20) -> list[WordSuggestion] | None:
        answer = await info.context.clients.labels.ListWordSuggestions(
            labels_pb2.ListWordSuggestionsRequest(first=first)
        )
        return [WordSuggestion.of(suggestion) for suggestion in answer.suggestions]

    @resolved("Frozen evaluation sets (评测集), newest first.")
    async def evaluation_sets(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[EvaluationSet] | None:
        request = labels_pb2.ListEvaluationSetsRequest(page=page(info, first, after))
        answer = await info.context.clients.labels.ListEvaluationSets(request)
        return connection(map(EvaluationSet.of, answer.sets), answer.page_info, after)

    @resolved("An evaluation set as JSONL, piece by piece: what `quanzi eval risk` reads.")
    async def evaluation_set_export(
        self,
        info: Info,
        evaluation_set: Annotated[strawberry.ID, strawberry.argument(description="Which set.")],
        after: Annotated[int, strawberry.argument(description="Lines already read.")] = 0,
    ) -> EvaluationSetPiece | None:
        set_id = uuid_of(evaluation_set, "EvaluationSet", "evaluationSet")
        request = labels_pb2.ExportEvaluationSetRequest(set_id=set_id, after=after)
        answer = await info.context.clients.labels.ExportEvaluationSet(request)
        return EvaluationSetPiece(jsonl=answer.jsonl, next=answer.next)
