"""ErasureService: translate, open one transaction, call one use case, translate back."""

from typing import Any
from uuid import UUID

import grpc

from chassis.clock import Clock
from chassis.identity import caller
from chassis.paging import PageRequest
from quanzi.segmentation.v1.erasures_pb2 import (
    BatchGetErasuresRequest,
    BatchGetErasuresResponse,
    ListErasuresRequest,
    ListErasuresResponse,
    RequestErasureRequest,
    RequestErasureResponse,
)
from quanzi.segmentation.v1.erasures_pb2_grpc import ErasureServiceServicer
from segmentation.application.ports import Transactions
from segmentation.application.request_erasure import request_erasure
from segmentation.entrypoints.operations_wire import erasure_to_wire

Context = grpc.aio.ServicerContext[Any, Any]


class ErasuresRpc(ErasureServiceServicer):
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions, self._clock = transactions, clock

    async def RequestErasure(self, request: RequestErasureRequest, _: Context) -> RequestErasureResponse:
        by = caller()
        async with self._transactions(by.tenant_id) as uow:
            erasure = await request_erasure(
                uow, UUID(request.member_id), request.reason, by.subject, self._clock()
            )
        return RequestErasureResponse(erasure=erasure_to_wire(erasure))

    async def BatchGetErasures(
        self, request: BatchGetErasuresRequest, _: Context
    ) -> BatchGetErasuresResponse:
        async with self._transactions(caller().tenant_id) as uow:
            erasures = await uow.erasures.by_ids([UUID(it) for it in request.ids])
        return BatchGetErasuresResponse(erasures=map(erasure_to_wire, erasures))

    async def ListErasures(self, request: ListErasuresRequest, _: Context) -> ListErasuresResponse:
        wanted = PageRequest.of(request.page)
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.erasures.page(wanted)
        return ListErasuresResponse(erasures=map(erasure_to_wire, page.items), page_info=page.info())
