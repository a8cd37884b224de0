"""Starting exports."""

from datetime import date

import strawberry

from gateway.context import Info
from gateway.global_ids import uuid_of
from gateway.mutation import IDEMPOTENCY_KEY, Input, Payload, mutation, payload
from gateway.segmentation.known import known_groups
from gateway.segmentation.operations import ExportFormat, Operation
from gateway.values import number
from quanzi.segmentation.v1 import operations_pb2

_STARTED = "The operation; watch it with `operationFinished`, or by its id."
_FORMAT = "CSV or PARQUET."


@strawberry.input(description="Input of `segmentExport`.")
class SegmentExportInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    segment: strawberry.ID = strawberry.field(description="The segment.")
    format: ExportFormat = strawberry.field(description=_FORMAT)


@payload("IDEMPOTENCY_KEY_REUSED", "UNSUITABLE_FORMAT", "TOO_MANY_OPERATIONS")
class SegmentExportPayload(Payload):
    operation: Operation | None = strawberry.field(description=_STARTED, default=None)


@strawberry.input(description="Input of `factsExport`.")
class FactsExportInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    groups: list[strawberry.ID] = strawberry.field(
        description="Only of these groups, at most 500; none means all.", default_factory=list
    )
    from_date: date = strawberry.field(description="First local date, included.")
    to_date: date = strawberry.field(description="Last local date, included.")
    format: ExportFormat = strawberry.field(description=_FORMAT)


@payload("IDEMPOTENCY_KEY_REUSED", "UNSUITABLE_FORMAT", "TOO_MANY_OPERATIONS")
class FactsExportPayload(Payload):
    operation: Operation | None = strawberry.field(description=_STARTED, default=None)


@strawberry.input(description="Input of `memberExport`.")
class MemberExportInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    member: strawberry.ID = strawberry.field(description="The member.")


@payload("IDEMPOTENCY_KEY_REUSED", "TOO_MANY_OPERATIONS")
class MemberExportPayload(Payload):
    operation: Operation | None = strawberry.field(description=_STARTED, default=None)


@strawberry.type
class ExportMutations:
    @mutation("Starts the export of a segment (导出人群).")
    async def segment_export(
        self, info: Info, input: Input[SegmentExportInput]
    ) -> SegmentExportPayload | None:
        request = operations_pb2.StartSegmentExportRequest(
            idempotency_key=input.idempotency_key,
            segment_id=uuid_of(input.segment, "Segment", "segment"),
            format=number(input.format),
        )
        answer = await info.context.clients.operations.StartSegmentExport(request)
        return SegmentExportPayload(operation=Operation.of(answer.operation))

    @mutation("Starts the export of daily facts of groups (导出每日数据).")
    async def facts_export(self, info: Info, input: Input[FactsExportInput]) -> FactsExportPayload | None:
        request = operations_pb2.StartFactsExportRequest(
            idempotency_key=input.idempotency_key,
            group_ids=await known_groups(info, input.groups),
            from_date=input.from_date.isoformat(),
            to_date=input.to_date.isoformat(),
            format=number(input.format),
        )
        answer = await info.context.clients.operations.StartFactsExport(request)
        return FactsExportPayload(operation=Operation.of(answer.operation))

    @mutation("Starts the export of everything all services keep of a member (导出个人信息副本).")
    async def member_export(self, info: Info, input: Input[MemberExportInput]) -> MemberExportPayload | None:
        request = operations_pb2.StartMemberExportRequest(
            idempotency_key=input.idempotency_key, member_id=uuid_of(input.member, "Member", "member")
        )
        answer = await info.context.clients.operations.StartMemberExport(request)
        return MemberExportPayload(operation=Operation.of(answer.operation))
