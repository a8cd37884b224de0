"""Tickets as they change."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated, Self

import strawberry

from gateway.context import Info
from gateway.fields import resolved, subscribed
from gateway.global_ids import global_id
from gateway.support.types import SUPPORT_TIERS, TICKET_STATUSES, SupportTier, Ticket, TicketStatus
from gateway.values import moment
from quanzi.support.v1.events_pb2 import TicketStatusChanged


@strawberry.type(description="A ticket changed its state (工单状态变化).")
class TicketChange:
    ticket_id: strawberry.ID = strawberry.field(description="Global id of the ticket.")
    version: int = strawberry.field(description="Counts state changes: what is older can be ignored.")
    status: TicketStatus = strawberry.field(description="State from now on.")
    previous_status: TicketStatus | None = strawberry.field(description="State before; null when opened.")
    tier: SupportTier = strawberry.field(description="Who deals with it.")
    assignee: str | None = strawberry.field(description="Staff subject of the agent.")
    changed_at: datetime = strawberry.field(description="When.")
    event: strawberry.Private[TicketStatusChanged]

    @resolved("The ticket as it is now.")
    async def ticket(self, info: Info) -> Ticket | None:
        return await info.context.loaders.support.tickets.load(self.event.ticket_id)

    @classmethod
    def of(cls, event: TicketStatusChanged) -> Self:
        return cls(
            ticket_id=global_id("Ticket", event.ticket_id),
            version=event.version,
            status=TICKET_STATUSES[event.status],
            previous_status=TICKET_STATUSES.get(event.previous_status),
            tier=SUPPORT_TIERS[event.tier],
            assignee=event.assignee or None,
            changed_at=moment(event.changed_at),
            event=event,
        )


@strawberry.type
class SupportSubscriptions:
    @subscribed("Tickets (工单) as they change their state.")
    async def ticket_changed(
        self,
        info: Info,
        assignee: Annotated[
            str | None, strawberry.argument(description="Only of this agent (staff subject).")
        ] = None,
    ) -> AsyncGenerator[TicketChange, None]:
        info.context.identity.require("admin", "operator", "agent", "partner")
        async for event in info.context.live(TicketStatusChanged):
            if assignee in {None, event.assignee}:
                yield TicketChange.of(event)
