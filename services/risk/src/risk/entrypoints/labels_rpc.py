"""LabelService: translate, open one transaction, call one use case, translate back."""

from datetime import date
from typing import Any
from uuid import UUID

import grpc

from chassis.clock import Clock
from chassis.idempotency import answer_once
from chassis.identity import caller
from chassis.paging import PageRequest
from chassis.timestamps import moment
from quanzi.risk.v1 import labels_pb2 as pb
from quanzi.risk.v1.labels_pb2_grpc import LabelServiceServicer
from risk.application.evaluate_set import evaluate_set
from risk.application.freeze_labels import freeze_labels
from risk.application.measure_screening import measure_agreement, measure_screening
from risk.application.ports import Screeners, Transactions
from risk.domain.errors import InvalidPeriod
from risk.domain.label import jsonl
from risk.entrypoints.labels_wire import (
    agreement_to_wire,
    quality_to_wire,
    result_to_wire,
    set_to_wire,
    suggestion_to_wire,
)

_LINES = 2_000
Context = grpc.aio.ServicerContext[Any, Any]


class LabelsRpc(LabelServiceServicer):
    def __init__(self, transactions: Transactions, screeners: Screeners, clock: Clock) -> None:
        self._transactions, self._screeners, self._clock = transactions, screeners, clock

    async def ListScreeningQuality(
        self, request: pb.ListScreeningQualityRequest, context: Context
    ) -> pb.ListScreeningQualityResponse:
        from_date, to_date = _date(request.from_date, "from_date"), _date(request.to_date, "to_date")
        async with self._transactions(caller().tenant_id) as uow:
            months = await measure_screening(uow, from_date, to_date)
        return pb.ListScreeningQualityResponse(months=[quality_to_wire(month) for month in months])

    async def ListReviewerAgreement(
        self, request: pb.ListReviewerAgreementRequest, context: Context
    ) -> pb.ListReviewerAgreementResponse:
        from_date, to_date = _date(request.from_date, "from_date"), _date(request.to_date, "to_date")
        async with self._transactions(caller().tenant_id) as uow:
            months = await measure_agreement(uow, from_date, to_date)
        return pb.ListReviewerAgreementResponse(months=[agreement_to_wire(month) for month in months])

    async def ListWordSuggestions(
        self, request: pb.ListWordSuggestionsRequest, context: Context
    ) -> pb.ListWordSuggestionsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            suggestions = await uow.labels.suggestions(request.first)
        return pb.ListWordSuggestionsResponse(suggestions=[suggestion_to_wire(it) for it in suggestions])

    async def FreezeLabels(
        self, request: pb.FreezeLabelsRequest, context: Context
    ) -> pb.FreezeLabelsResponse:
        now, identity = self._clock(), caller()
        from_at, until_at = moment(request.from_at), moment(request.until_at)
        async with self._transactions(identity.tenant_id) as uow:

            async def compute() -> pb.FreezeLabelsResponse:
                frozen = await freeze_labels(uow, request.name, from_at, until_at, identity.subject, now)
                return pb.FreezeLabelsResponse(set=set_to_wire(frozen))

            return await answer_once(
                uow.idempotency, "FreezeLabels", request, pb.FreezeLabelsResponse, compute
            )

    async def ListEvaluationSets(
        self, request: pb.ListEvaluationSetsRequest, context: Context
    ) -> pb.ListEvaluationSetsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.evaluation_sets.page(PageRequest.of(request.page))
        return pb.ListEvaluationSetsResponse(
            sets=[set_to_wire(frozen) for frozen in page.items], page_info=page.info()
        )

    async def ExportEvaluationSet(
        self, request: pb.ExportEvaluationSetRequest, context: Context
    ) -> pb.ExportEvaluationSetResponse:
        async with self._transactions(caller().tenant_id) as uow:
            frozen = await uow.evaluation_sets.get(UUID(request.set_id))
            items = await uow.evaluation_sets.items(frozen.id, request.after, _LINES)
            await uow.audit_evidence.count_reads(caller().subject, len(items), self._clock())
        return pb.ExportEvaluationSetResponse(
            jsonl="".join(jsonl(item.text, item.category, item.source) for item in items),
            next=items[-1].number if items else request.after,
        )

    async def EvaluateSet(self, request: pb.EvaluateSetRequest, context: Context) -> pb.EvaluateSetResponse:
        async with self._transactions(caller().tenant_id) as uow:
            result = await evaluate_set(uow, self._screeners, UUID(request.set_id), self._clock())
        return pb.EvaluateSetResponse(result=result_to_wire(result))

    async def BatchGetEvaluationResults(
        self, request: pb.BatchGetEvaluationResultsRequest, context: Context
    ) -> pb.BatchGetEvaluationResultsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            results = await uow.evaluation_sets.results([UUID(set_id) for set_id in request.set_ids])
        return pb.BatchGetEvaluationResultsResponse(results=[result_to_wire(result) for result in results])


def _date(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidPeriod(f"{text} is no date of the calendar", field) from error
