"""Members to be erased here, and what all services report of it."""

from collections.abc import Sequence
from typing import cast
from uuid import UUID

from chassis.clock import Clock
from chassis.consumer import Received, Subscription
from chassis.event_type import event_type
from chassis.messaging import EVENTS
from chassis.timestamps import moment
from quanzi.campaigns.v1 import events_pb2 as campaigns
from quanzi.content.v1 import events_pb2 as content
from quanzi.risk.v1 import events_pb2 as risk
from quanzi.segmentation.v1 import events_pb2 as segmentation
from quanzi.support.v1 import events_pb2 as support
from segmentation.application.erase_member import EraseMember, erase_member
from segmentation.application.ports import UnitOfWork
from segmentation.application.record_erasure_receipt import record_erasure_receipt
from segmentation.domain.erasure import ErasureReceipt

_REPORTS = (
    campaigns.MemberErased,
    content.MemberErased,
    risk.MemberErased,
    segmentation.MemberErased,
    support.MemberErased,
)


def erasures(clock: Clock) -> Subscription[UnitOfWork]:
    async def handle(uow: UnitOfWork, batch: Sequence[Received]) -> None:
        for received in batch:
            asked = cast(segmentation.MemberErasureRequested, received.message)
            merged = [UUID(member_id) for member_id in asked.merged_member_ids]
            command = EraseMember(UUID(asked.erasure_id), UUID(asked.member_id), merged)
            await erase_member(uow, command, clock())

    asked_for = event_type(segmentation.MemberErasureRequested.DESCRIPTOR).subject("*")
    return Subscription("segmentation-erasures", EVENTS, (asked_for,), handle)


def erasure_receipts(clock: Clock) -> Subscription[UnitOfWork]:
    async def handle(uow: UnitOfWork, batch: Sequence[Received]) -> None:
        for received in batch:
            erased = cast(segmentation.MemberErased, received.message)
            service = erased.DESCRIPTOR.full_name.split(".")[1]
            tables = {table.table: table.rows for table in erased.tables}
            receipt = ErasureReceipt(service, tables, moment(erased.erased_at))
            await record_erasure_receipt(uow, UUID(erased.erasure_id), receipt, clock())

    reports = tuple(event_type(report.DESCRIPTOR).subject("*") for report in _REPORTS)
    return Subscription("segmentation-erasure-receipts", EVENTS, reports, handle)
