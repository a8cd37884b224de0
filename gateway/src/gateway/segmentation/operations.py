"""Long work: exports to files."""

from datetime import datetime
from enum import Enum
from typing import Self

import strawberry

from gateway.connections import After, Connection, First, connection, page
from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import Node, global_id
from gateway.scalars import Int64
from gateway.values import by_number, moment, optional_moment
from quanzi.segmentation.v1 import operations_pb2


@strawberry.enum(description="What a file holds.")
class ExportKind(Enum):
    SEGMENT = strawberry.enum_value(
        operations_pb2.EXPORT_KIND_SEGMENT,
        description="人群: members of a segment, with tier, RFM and tags.",
    )
    FACTS = strawberry.enum_value(
        operations_pb2.EXPORT_KIND_FACTS, description="每日数据: daily facts of groups."
    )
    MEMBER = strawberry.enum_value(
        operations_pb2.EXPORT_KIND_MEMBER,
        description="个人信息副本: everything all services keep of one member.",
    )


@strawberry.enum(description="Format of a file.")
class ExportFormat(Enum):
    CSV = strawberry.enum_value(
        operations_pb2.EXPORT_FORMAT_CSV, description="UTF-8 with byte order mark, for spreadsheets."
    )
    PARQUET = strawberry.enum_value(operations_pb2.EXPORT_FORMAT_PARQUET, description="Apache Parquet.")
    NDJSON = strawberry.enum_value(
        operations_pb2.EXPORT_FORMAT_NDJSON, description="A JSON object a line; of member exports."
    )


@strawberry.enum(description="Where long work stands.")
class OperationStatus(Enum):
    PENDING = strawberry.enum_value(operations_pb2.OPERATION_STATUS_PENDING, description="等待中")
    RUNNING = strawberry.enum_value(operations_pb2.OPERATION_STATUS_RUNNING, description="进行中")
    SUCCEEDED = strawberry.enum_value(operations_pb2.OPERATION_STATUS_SUCCEEDED, description="已完成")
    FAILED = strawberry.enum_value(operations_pb2.OPERATION_STATUS_FAILED, description="失败")


EXPORT_KINDS = by_number(ExportKind)
EXPORT_FORMATS = by_number(ExportFormat)
OPERATION_STATUSES = by_number(OperationStatus)


@strawberry.type(description="Long work (任务): an export to a file. It goes on when nobody watches.")
class Operation(Node):
    kind: ExportKind = strawberry.field(description="What the file holds.")
    format: ExportFormat = strawberry.field(description="Format of the file.")
    status: OperationStatus = strawberry.field(description="Where it stands.")
    progress: float = strawberry.field(description="0 to 1.")
    rows: Int64 = strawberry.field(description="Rows written so far.")
    bytes: Int64 | None = strawberry.field(description="Size of the file; null until succeeded.")
    sha256: str | None = strawberry.field(
        name="sha256", description="SHA-256 of the file, hexadecimal; null until succeeded."
    )
    file_name: str = strawberry.field(description="Name to save the file under.")
    message: str | None = strawberry.field(description="Why it failed, in Chinese.")
    requested_by: str = strawberry.field(description="Who asked for it.")
    created_at: datetime = strawberry.field(description="When it was asked for.")
    finished_at: datetime | None = strawberry.field(description="When it succeeded or failed.")
    expires_at: datetime | None = strawberry.field(description="The file is gone from then on.")
    result_url: str | None = strawberry.field(
        description="Path of the file at this gateway, read with the same token; null until succeeded."
    )

    @classmethod
    def of(cls, operation: operations_pb2.Operation) -> Self:
        succeeded = operation.status == operations_pb2.OPERATION_STATUS_SUCCEEDED
        return cls(
            id=global_id("Operation", operation.id),
            kind=EXPORT_KINDS[operation.kind],
            format=EXPORT_FORMATS[operation.format],
            status=OPERATION_STATUSES[operation.status],
            progress=operation.progress,
            rows=Int64(operation.rows),
            bytes=Int64(operation.bytes) if succeeded else None,
            sha256=operation.sha256 if succeeded else None,
            file_name=operation.file_name,
            message=operation.message or None,
            requested_by=operation.requested_by,
            created_at=moment(operation.created_at),
            finished_at=optional_moment(operation.finished_at),
            expires_at=optional_moment(operation.expires_at),
            result_url=f"/v1/operations/{operation.id}/result" if succeeded else None,
        )


@strawberry.type
class OperationQueries:
    @resolved("Exports (导出任务), newest first.")
    async def operations(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[Operation] | None:
        request = operations_pb2.ListOperationsRequest(page=page(info, first, after))
        answer = await info.context.clients.operations.ListOperations(request)
        return connection(map(Operation.of, answer.operations), answer.page_info, after)
