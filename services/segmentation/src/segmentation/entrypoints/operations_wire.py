"""Operations and erasures as the messages of proto/quanzi/segmentation/v1."""

from chassis import texts
from chassis.timestamps import optional_timestamp, timestamp
from quanzi.privacy.v1.privacy_pb2 import ErasedTable
from quanzi.segmentation.v1 import erasures_pb2, operations_pb2
from segmentation.domain.erasure import Erasure, ErasureReceipt
from segmentation.domain.operation import Operation

text = texts.load("segmentation")


def operation_to_wire(operation: Operation) -> operations_pb2.Operation:
    return operations_pb2.Operation(
        id=str(operation.id),
        kind=operations_pb2.ExportKind.ValueType(operation.kind),
        format=operations_pb2.ExportFormat.ValueType(operation.format),
        status=operations_pb2.OperationStatus.ValueType(operation.status),
        progress=operation.progress,
        rows=operation.rows,
        bytes=operation.bytes,
        sha256=operation.sha256,
        file_name=operation.file_name,
        message=text("export_failure", operation.failure.name) if operation.failure else "",
        requested_by=operation.requested_by,
        created_at=timestamp(operation.created_at),
        finished_at=optional_timestamp(operation.finished_at),
        expires_at=optional_timestamp(operation.expires_at),
    )


def erasure_to_wire(erasure: Erasure) -> erasures_pb2.Erasure:
    return erasures_pb2.Erasure(
        id=str(erasure.id),
        member_id=str(erasure.member_id),
        status=erasures_pb2.ErasureStatus.ValueType(erasure.status),
        reason=erasure.reason,
        requested_by=erasure.requested_by,
        requested_at=timestamp(erasure.requested_at),
        completed_at=optional_timestamp(erasure.completed_at),
        receipts=[_receipt_to_wire(receipt) for receipt in erasure.receipts],
        waiting_for=erasure.waiting_for,
    )


def _receipt_to_wire(receipt: ErasureReceipt) -> erasures_pb2.ErasureReceipt:
    return erasures_pb2.ErasureReceipt(
        service=receipt.service,
        tables=[ErasedTable(table=table, rows=rows) for table, rows in sorted(receipt.tables.items())],
        erased_at=timestamp(receipt.erased_at),
    )
