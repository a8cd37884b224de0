"""Start an export as long work."""

from datetime import datetime
from uuid import UUID

from segmentation.application.ports import UnitOfWork
from segmentation.domain.errors import MemberNotFound, SegmentNotFound, TooManyOperations
from segmentation.domain.operation import (
    ExportFormat,
    FactsExport,
    MemberExport,
    Operation,
    SegmentExport,
    Wanted,
)
from segmentation.domain.windows import Window

EXPORT_DUE = "export"
MOST_UNFINISHED = 10


async def start_export(
    uow: UnitOfWork,
    operation_id: UUID,
    wanted: Wanted,
    form: ExportFormat,
    requested_by: str,
    now: datetime,
) -> Operation:
    """Raises UnsuitableFormat, SegmentNotFound, MemberNotFound, InvalidWindow, TooManyOperations."""
    operation = Operation.start(operation_id, wanted, form, requested_by, now)
    await _require_subject(uow, wanted, now)
    if await uow.operations.unfinished() >= MOST_UNFINISHED:
        raise TooManyOperations(f"{MOST_UNFINISHED} operations are not finished; wait for one of them")
    await uow.operations.add(operation)
    await uow.timers.schedule(EXPORT_DUE, str(operation.id), now)
    return operation


async def _require_subject(uow: UnitOfWork, wanted: Wanted, now: datetime) -> None:
    match wanted:
        case SegmentExport(segment_id):
            if await uow.export_reads.segment_size(segment_id) is None:
                raise SegmentNotFound(f"There is no segment {segment_id}")
        case FactsExport(first=first, last=last):
            Window.of(first, last, (await uow.tenant()).zone)
        case MemberExport(member_id):
            if not await uow.members.by_ids([member_id], now):
                raise MemberNotFound(f"There is no member {member_id}; look the member up by reference")
