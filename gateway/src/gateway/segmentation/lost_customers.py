"""Former VIPs who left or fell silent."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Self

import strawberry

from gateway.connections import After, Connection, First, connection, page
from gateway.context import Info
from gateway.fields import resolved
from gateway.scalars import Int64
from gateway.segmentation.members import Member
from gateway.values import by_number, moment, number
from quanzi.segmentation.v1 import profiles_pb2


@strawberry.enum(description="Why a customer counts as lost.")
class LossKind(Enum):
    LEFT = strawberry.enum_value(profiles_pb2.LOSS_KIND_LEFT, description="已退群: in no group any more.")
    SILENT = strawberry.enum_value(
        profiles_pb2.LOSS_KIND_SILENT, description="沉默: no interaction for the days asked for."
    )


LOSS_KINDS = by_number(LossKind)


@strawberry.type(description="A member who was VIP in the last year, and is lost (流失客户).")
class LostCustomer:
    kind: LossKind = strawberry.field(description="Why the member counts as lost.")
    since: datetime = strawberry.field(
        description="The last group was left then, or the last interaction was."
    )
    vip_until: datetime = strawberry.field(description="When the member was last VIP.")
    net_spend_minor: Int64 = strawberry.field(
        description="Net spend of the 365 days before `since`, minor units."
    )
    member_uuid: strawberry.Private[str]

    @resolved("The member.")
    async def member(self, info: Info) -> Member | None:
        return await info.context.loaders.segmentation.member(self.member_uuid)

    @classmethod
    def of(cls, customer: profiles_pb2.LostCustomer) -> Self:
        return cls(
            kind=LOSS_KINDS[customer.kind],
            since=moment(customer.since),
            vip_until=moment(customer.vip_until),
            net_spend_minor=Int64(customer.net_spend_minor),
            member_uuid=customer.member_id,
        )


@strawberry.type
class LostCustomerQueries:
    @resolved("Former VIPs who left or fell silent (流失客户), the most valuable first.")
    async def lost_customers(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        kind: Annotated[LossKind | None, strawberry.argument(description="Only these; default both.")] = None,
        silent_days: Annotated[
            int, strawberry.argument(description="Silent after so many days without interaction, 1 to 366.")
        ] = 30,
    ) -> Connection[LostCustomer] | None:
        request = profiles_pb2.ListLostCustomersRequest(
            page=page(info, first, after), kind=number(kind), silent_days=silent_days
        )
        answer = await info.context.clients.profiles.ListLostCustomers(request)
        return connection(map(LostCustomer.of, answer.customers), answer.page_info, after)
