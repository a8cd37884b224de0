"""ItemService: translate, open one transaction, call one use case, translate back."""

from typing import Any
from uuid import UUID

import grpc

from chassis.clock import Clock
from chassis.idempotency import answer_once
from chassis.identity import caller
from chassis.paging import PageRequest
from content.application.create_item import CreateItem, create_item
from content.application.ports import Screening, Transactions
from content.application.review_item import ReviewItem, review_item
from content.application.revise_item import ReviseItem, revise_item
from content.application.submit_item import submit_item
from content.entrypoints.wire import item_to_wire
from content.enums import CONTENT_FORMATS, CONTENT_TYPES, ITEM_STATUSES
from quanzi.content.v1 import items_pb2 as pb
from quanzi.content.v1.items_pb2_grpc import ItemServiceServicer

Context = grpc.aio.ServicerContext[Any, Any]


class ItemsRpc(ItemServiceServicer):
    def __init__(self, transactions: Transactions, screening: Screening, clock: Clock) -> None:
        self._transactions, self._screening, self._clock = transactions, screening, clock

    async def CreateItem(self, request: pb.CreateItemRequest, context: Context) -> pb.CreateItemResponse:
        now = self._clock()
        async with self._transactions(caller().tenant_id) as uow:

            async def compute() -> pb.CreateItemResponse:
                item = await create_item(uow, _create_command(request), now)
                return pb.CreateItemResponse(item=item_to_wire(item))

            return await answer_once(uow.idempotency, "CreateItem", request, pb.CreateItemResponse, compute)

    async def ReviseItem(self, request: pb.ReviseItemRequest, context: Context) -> pb.ReviseItemResponse:
        command = ReviseItem(
            UUID(request.item_id), request.expected_version, request.title, request.body, request.url
        )
        async with self._transactions(caller().tenant_id) as uow:
            item = await revise_item(uow, command, self._clock())
        return pb.ReviseItemResponse(item=item_to_wire(item))

    async def SubmitItem(self, request: pb.SubmitItemRequest, context: Context) -> pb.SubmitItemResponse:
        item = await submit_item(
            self._transactions,
            self._screening,
            caller().tenant_id,
            UUID(request.item_id),
            request.version,
            self._clock(),
        )
        return pb.SubmitItemResponse(item=item_to_wire(item))

    async def ReviewItem(self, request: pb.ReviewItemRequest, context: Context) -> pb.ReviewItemResponse:
        command = ReviewItem(UUID(request.item_id), request.version, request.approve, request.reason)
        async with self._transactions(caller().tenant_id) as uow:
            item = await review_item(uow, command, self._clock())
        return pb.ReviewItemResponse(item=item_to_wire(item))

    async def BatchGetItems(
        self, request: pb.BatchGetItemsRequest, context: Context
    ) -> pb.BatchGetItemsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            found = await uow.items.many([UUID(item_id) for item_id in request.ids])
        return pb.BatchGetItemsResponse(items=[item_to_wire(item) for item in found])

    async def ListItems(self, request: pb.ListItemsRequest, context: Context) -> pb.ListItemsResponse:
        wanted = CONTENT_TYPES.optional(request.type), ITEM_STATUSES.optional(request.status)
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.items.page(PageRequest.of(request.page), *wanted)
        return pb.ListItemsResponse(items=[item_to_wire(item) for item in page.items], page_info=page.info())


def _create_command(request: pb.CreateItemRequest) -> CreateItem:
    return CreateItem(
        request.external_reference or None,
        CONTENT_TYPES.member(request.type),
        CONTENT_FORMATS.member(request.format),
        request.title,
        request.body,
        request.url,
    )
