"""SegmentService: translate, open one transaction, call one use case, translate back."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import grpc

from chassis.clock import Clock
from chassis.idempotency import answer_once
from chassis.identity import caller
from chassis.paging import PageRequest
from quanzi.segmentation.v1.segments_pb2 import (
    BatchGetSegmentsRequest,
    BatchGetSegmentsResponse,
    BatchListMemberSegmentsRequest,
    BatchListMemberSegmentsResponse,
    BatchListSegmentMembersRequest,
    BatchListSegmentMembersResponse,
    CreateSegmentRequest,
    CreateSegmentResponse,
    DeleteSegmentRequest,
    DeleteSegmentResponse,
    ListSegmentMembersRequest,
    ListSegmentMembersResponse,
    ListSegmentsRequest,
    ListSegmentsResponse,
    PreviewSegmentRequest,
    PreviewSegmentResponse,
    SegmentMembers,
    StreamSegmentMembersRequest,
    StreamSegmentMembersResponse,
    UpdateSegmentRequest,
    UpdateSegmentResponse,
)
from quanzi.segmentation.v1.segments_pb2_grpc import SegmentServiceServicer
from segmentation.application.create_segment import CreateSegment, create_segment
from segmentation.application.delete_segment import delete_segment
from segmentation.application.ports import Transactions
from segmentation.application.preview_segment import preview_segment
from segmentation.application.update_segment import UpdateSegment, update_segment
from segmentation.domain.errors import SegmentNotFound
from segmentation.entrypoints.conditions_wire import condition_from_wire
from segmentation.entrypoints.segments_wire import (
    part_to_wire,
    preview_to_wire,
    segment_member_to_wire,
    segment_to_wire,
)

PART = 1_000
Context = grpc.aio.ServicerContext[Any, Any]


class SegmentsRpc(SegmentServiceServicer):
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions, self._clock = transactions, clock

    async def PreviewSegment(self, request: PreviewSegmentRequest, _: Context) -> PreviewSegmentResponse:
        condition, now = condition_from_wire(request.condition), self._clock()
        async with self._transactions(caller().tenant_id) as uow:
            preview = await preview_segment(uow, condition, request.sample, now)
        return preview_to_wire(preview, now)

    async def CreateSegment(self, request: CreateSegmentRequest, _: Context) -> CreateSegmentResponse:
        command = CreateSegment(request.name, condition_from_wire(request.condition))
        async with self._transactions(caller().tenant_id) as uow:

            async def compute() -> CreateSegmentResponse:
                segment = await create_segment(uow, command, self._clock())
                return CreateSegmentResponse(segment=segment_to_wire(segment))

            return await answer_once(
                uow.idempotency, "CreateSegment", request, CreateSegmentResponse, compute
            )

    async def UpdateSegment(self, request: UpdateSegmentRequest, _: Context) -> UpdateSegmentResponse:
        command = UpdateSegment(
            UUID(request.id), request.expected_version, request.name, condition_from_wire(request.condition)
        )
        async with self._transactions(caller().tenant_id) as uow:
            segment = await update_segment(uow, command, self._clock())
        return UpdateSegmentResponse(segment=segment_to_wire(segment))

    async def DeleteSegment(self, request: DeleteSegmentRequest, _: Context) -> DeleteSegmentResponse:
        async with self._transactions(caller().tenant_id) as uow:
            await delete_segment(uow, UUID(request.id), self._clock())
        return DeleteSegmentResponse()

    async def BatchGetSegments(
        self, request: BatchGetSegmentsRequest, _: Context
    ) -> BatchGetSegmentsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            segments = await uow.segments.by_ids([UUID(it) for it in request.ids])
        return BatchGetSegmentsResponse(segments=map(segment_to_wire, segments))

    async def ListSegments(self, request: ListSegmentsRequest, _: Context) -> ListSegmentsResponse:
        wanted = PageRequest.of(request.page)
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.segments.page(wanted)
        return ListSegmentsResponse(segments=map(segment_to_wire, page.items), page_info=page.info())

    async def ListSegmentMembers(
        self, request: ListSegmentMembersRequest, _: Context
    ) -> ListSegmentMembersResponse:
        wanted = PageRequest.of(request.page)
        async with self._transactions(caller().tenant_id) as uow:
            [page] = (await uow.segment_members.of_segments([UUID(request.segment_id)], wanted)).values()
        return ListSegmentMembersResponse(
            members=map(segment_member_to_wire, page.items), page_info=page.info()
        )

    async def BatchListSegmentMembers(
        self, request: BatchListSegmentMembersRequest, _: Context
    ) -> BatchListSegmentMembersResponse:
        wanted = PageRequest.of(request.page)
        async with self._transactions(caller().tenant_id) as uow:
            pages = await uow.segment_members.of_segments([UUID(it) for it in request.segment_ids], wanted)
        return BatchListSegmentMembersResponse(
            segments=[
                SegmentMembers(
                    segment_id=str(segment_id),
                    members=map(segment_member_to_wire, page.items),
                    page_info=page.info(),
                )
                for segment_id, page in pages.items()
            ]
        )

    async def BatchListMemberSegments(
        self, request: BatchListMemberSegmentsRequest, _: Context
    ) -> BatchListMemberSegmentsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            found = await uow.segment_members.of_members([UUID(it) for it in request.member_ids])
        return BatchListMemberSegmentsResponse(segments=map(segment_member_to_wire, found))

    async def StreamSegmentMembers(
        self, request: StreamSegmentMembersRequest, _: Context
    ) -> AsyncIterator[StreamSegmentMembersResponse]:
        """Parts of one statement; an empty segment is one empty part. Raises SegmentNotFound."""
        found = False
        async with self._transactions(caller().tenant_id) as uow:
            async for part in uow.segment_members.stream(UUID(request.segment_id), PART):
                found = True
                yield part_to_wire(part)
        if not found:
            raise SegmentNotFound(f"There is no segment {request.segment_id}; list the segments")
