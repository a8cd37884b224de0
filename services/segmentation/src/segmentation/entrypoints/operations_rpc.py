"""OperationService: translate, open one transaction, call one use case, translate back."""

from collections.abc import AsyncIterator
from typing import Any, TypeVar
from uuid import UUID

import grpc

from chassis.clock import Clock
from chassis.files import FileGone, Files
from chassis.idempotency import answer_once
from chassis.identity import caller
from chassis.ids import new_id
from chassis.paging import PageRequest
from quanzi.segmentation.v1.operations_pb2 import (
    BatchGetOperationsRequest,
    BatchGetOperationsResponse,
    ListOperationsRequest,
    ListOperationsResponse,
    ReadOperationResultRequest,
    ReadOperationResultResponse,
    StartFactsExportRequest,
    StartFactsExportResponse,
    StartMemberExportRequest,
    StartMemberExportResponse,
    StartSegmentExportRequest,
    StartSegmentExportResponse,
)
from quanzi.segmentation.v1.operations_pb2_grpc import OperationServiceServicer
from segmentation.application.ports import Transactions
from segmentation.application.start_export import start_export
from segmentation.domain.errors import OperationNotFound, ResultExpired
from segmentation.domain.operation import ExportFormat, FactsExport, MemberExport, SegmentExport, Wanted
from segmentation.entrypoints.operations_wire import operation_to_wire
from segmentation.entrypoints.wire import local_date

Context = grpc.aio.ServicerContext[Any, Any]
StartRequest = StartSegmentExportRequest | StartFactsExportRequest | StartMemberExportRequest
R = TypeVar("R", StartSegmentExportResponse, StartFactsExportResponse, StartMemberExportResponse)


class OperationsRpc(OperationServiceServicer):
    def __init__(self, transactions: Transactions, files: Files, clock: Clock) -> None:
        self._transactions, self._files, self._clock = transactions, files, clock

    async def StartSegmentExport(
        self, request: StartSegmentExportRequest, _: Context
    ) -> StartSegmentExportResponse:
        wanted = SegmentExport(UUID(request.segment_id))
        return await self._start(request, wanted, ExportFormat(request.format), StartSegmentExportResponse)

    async def StartFactsExport(
        self, request: StartFactsExportRequest, _: Context
    ) -> StartFactsExportResponse:
        wanted = FactsExport(
            tuple(UUID(group_id) for group_id in request.group_ids),
            local_date(request.from_date, "from_date"),
            local_date(request.to_date, "to_date"),
        )
        return await self._start(request, wanted, ExportFormat(request.format), StartFactsExportResponse)

    async def StartMemberExport(
        self, request: StartMemberExportRequest, _: Context
    ) -> StartMemberExportResponse:
        wanted = MemberExport(UUID(request.member_id))
        return await self._start(request, wanted, ExportFormat.NDJSON, StartMemberExportResponse)

    async def _start(self, request: StartRequest, wanted: Wanted, form: ExportFormat, response: type[R]) -> R:
        by = caller()
        async with self._transactions(by.tenant_id) as uow:

            async def start() -> R:
                operation = await start_export(uow, new_id(), wanted, form, by.subject, self._clock())
                return response(operation=operation_to_wire(operation))

            return await answer_once(uow.idempotency, type(request).__name__, request, response, start)

    async def BatchGetOperations(
        self, request: BatchGetOperationsRequest, _: Context
    ) -> BatchGetOperationsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            operations = await uow.operations.by_ids([UUID(it) for it in request.ids])
        return BatchGetOperationsResponse(operations=map(operation_to_wire, operations))

    async def ListOperations(self, request: ListOperationsRequest, _: Context) -> ListOperationsResponse:
        wanted = PageRequest.of(request.page)
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.operations.page(wanted)
        return ListOperationsResponse(operations=map(operation_to_wire, page.items), page_info=page.info())

    async def ReadOperationResult(
        self, request: ReadOperationResultRequest, _: Context
    ) -> AsyncIterator[ReadOperationResultResponse]:
        by = caller()
        async with self._transactions(by.tenant_id) as uow:
            found = await uow.operations.by_ids([UUID(request.id)])
        if not found:
            raise OperationNotFound(f"There is no operation {request.id}")
        [operation] = found
        operation.give_out(by.roles, self._clock())
        parts = self._files.read(by.tenant_id, operation.stored_as, operation.bytes, request.offset)
        try:
            async for part in parts:
                yield ReadOperationResultResponse(part=part)
        except FileGone as gone:
            raise ResultExpired("The file is gone; start the export again") from gone
