"""Erasing a member's data in all services, with proof."""

from datetime import datetime
from enum import Enum
from typing import Self

import strawberry

from gateway.connections import After, Connection, First, connection, page
from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import Node, global_id, uuid_of
from gateway.mutation import Input, Payload, mutation, payload
from gateway.scalars import Int64
from gateway.values import by_number, moment, optional_moment
from quanzi.privacy.v1 import privacy_pb2
from quanzi.segmentation.v1 import erasures_pb2


@strawberry.enum(description="Where an erasure stands.")
class ErasureStatus(Enum):
    RUNNING = strawberry.enum_value(
        erasures_pb2.ERASURE_STATUS_RUNNING, description="进行中: some services have not reported yet."
    )
    COMPLETED = strawberry.enum_value(erasures_pb2.ERASURE_STATUS_COMPLETED, description="已完成: all have.")


ERASURE_STATUSES = by_number(ErasureStatus)


@strawberry.type(description="Rows of a table that were erased, or stripped of what says whose they were.")
class ErasedTable:
    table: str = strawberry.field(description="The table.")
    rows: Int64 = strawberry.field(description="How many rows.")

    @classmethod
    def of(cls, erased: privacy_pb2.ErasedTable) -> Self:
        return cls(table=erased.table, rows=Int64(erased.rows))


@strawberry.type(description="What one service reported.")
class ErasureReceipt:
    service: str = strawberry.field(description="The service.")
    tables: list[ErasedTable] = strawberry.field(description="What it erased.")
    erased_at: datetime = strawberry.field(description="When.")

    @classmethod
    def of(cls, receipt: erasures_pb2.ErasureReceipt) -> Self:
        return cls(
            service=receipt.service,
            tables=[ErasedTable.of(table) for table in receipt.tables],
            erased_at=moment(receipt.erased_at),
        )


@strawberry.type(description="The erasure of a member's data in all services (个人信息删除), with proof.")
class Erasure(Node):
    member_id: strawberry.ID = strawberry.field(description="Global id of the member that is no more.")
    status: ErasureStatus = strawberry.field(description="Where it stands.")
    reason: str = strawberry.field(description="Why.")
    requested_by: str = strawberry.field(description="Who asked for it.")
    requested_at: datetime = strawberry.field(description="When.")
    completed_at: datetime | None = strawberry.field(description="When all services had reported.")
    receipts: list[ErasureReceipt] = strawberry.field(description="One of each service that has reported.")
    waiting_for: list[str] = strawberry.field(description="Services still to report.")

    @classmethod
    def of(cls, erasure: erasures_pb2.Erasure) -> Self:
        return cls(
            id=global_id("Erasure", erasure.id),
            member_id=global_id("Member", erasure.member_id),
            status=ERASURE_STATUSES[erasure.status],
            reason=erasure.reason,
            requested_by=erasure.requested_by,
            requested_at=moment(erasure.requested_at),
            completed_at=optional_moment(erasure.completed_at),
            receipts=[ErasureReceipt.of(receipt) for receipt in erasure.receipts],
            waiting_for=list(erasure.waiting_for),
        )


@strawberry.input(description="Input of `memberErasureRequest`.")
class MemberErasureRequestInput:
    member: strawberry.ID = strawberry.field(description="The member.")
    reason: str = strawberry.field(description="Why, 1 to 500 characters.")


@payload()
class MemberErasureRequestPayload(Payload):
    erasure: Erasure | None = strawberry.field(description="The erasure.", default=None)


@strawberry.type
class ErasureQueries:
    @resolved("Erasures of members' data (个人信息删除), newest first.")
    async def erasures(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[Erasure] | None:
        request = erasures_pb2.ListErasuresRequest(page=page(info, first, after))
        answer = await info.context.clients.erasures.ListErasures(request)
        return connection(map(Erasure.of, answer.erasures), answer.page_info, after)


@strawberry.type
class ErasureMutations:
    @mutation("Has every service erase what it keeps of a member (删除个人信息). It cannot be undone.")
    async def member_erasure_request(
        self, info: Info, input: Input[MemberErasureRequestInput]
    ) -> MemberErasureRequestPayload | None:
        request = erasures_pb2.RequestErasureRequest(
            member_id=uuid_of(input.member, "Member", "member"), reason=input.reason
        )
        answer = await info.context.clients.erasures.RequestErasure(request)
        return MemberErasureRequestPayload(erasure=Erasure.of(answer.erasure))
