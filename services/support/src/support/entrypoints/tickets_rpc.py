"""TicketService: translate, open one transaction, call one use case, translate back."""

from typing import Any
from uuid import UUID

import grpc

from chassis.clock import Clock
from chassis.idempotency import answer_once
from chassis.identity import caller
from chassis.ids import optional_id
from chassis.paging import PageRequest
from quanzi.support.v1 import tickets_pb2 as pb
from quanzi.support.v1.tickets_pb2_grpc import TicketServiceServicer
from support.application.assign_ticket import assign_ticket
from support.application.close_ticket import close_ticket
from support.application.escalate_ticket import escalate_ticket
from support.application.open_ticket import OpenTicket, open_ticket
from support.application.ports import TicketFilter, Transactions
from support.application.reopen_ticket import reopen_ticket
from support.application.reply_to_ticket import ReplyToTicket, reply_to_ticket
from support.application.resolve_ticket import resolve_ticket
from support.entrypoints.wire import reply_to_wire, ticket_to_wire
from support.enums import TICKET_STATUSES

Context = grpc.aio.ServicerContext[Any, Any]


class TicketsRpc(TicketServiceServicer):
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions, self._clock = transactions, clock

    async def OpenTicket(self, request: pb.OpenTicketRequest, context: Context) -> pb.OpenTicketResponse:
        command = OpenTicket(
            UUID(request.member_id), optional_id(request.group_id), request.subject, request.text
        )
        async with self._transactions(caller().tenant_id) as uow:

            async def compute() -> pb.OpenTicketResponse:
                ticket = await open_ticket(uow, command, self._clock())
                return pb.OpenTicketResponse(ticket=ticket_to_wire(ticket))

            return await answer_once(uow.idempotency, "OpenTicket", request, pb.OpenTicketResponse, compute)

    async def AssignTicket(
        self, request: pb.AssignTicketRequest, context: Context
    ) -> pb.AssignTicketResponse:
        identity = caller()
        async with self._transactions(identity.tenant_id) as uow:

            async def compute() -> pb.AssignTicketResponse:
                assignee = request.assignee or identity.subject
                ticket = await assign_ticket(uow, optional_id(request.ticket_id), assignee, self._clock())
                return pb.AssignTicketResponse(ticket=ticket_to_wire(ticket))

            return await answer_once(
                uow.idempotency, "AssignTicket", request, pb.AssignTicketResponse, compute
            )

    async def ReplyToTicket(
        self, request: pb.ReplyToTicketRequest, context: Context
    ) -> pb.ReplyToTicketResponse:
        identity = caller()
        command = ReplyToTicket(
            UUID(request.ticket_id),
            identity.subject,
            request.text,
            request.wait_on_customer,
            may_step_in="admin" in identity.roles,
        )
        async with self._transactions(identity.tenant_id) as uow:

            async def compute() -> pb.ReplyToTicketResponse:
                ticket, reply = await reply_to_ticket(uow, command, self._clock())
                return pb.ReplyToTicketResponse(ticket=ticket_to_wire(ticket), reply=reply_to_wire(reply))

            return await answer_once(
                uow.idempotency, "ReplyToTicket", request, pb.ReplyToTicketResponse, compute
            )

    async def EscalateTicket(
        self, request: pb.EscalateTicketRequest, context: Context
    ) -> pb.EscalateTicketResponse:
        async with self._transactions(caller().tenant_id) as uow:

            async def compute() -> pb.EscalateTicketResponse:
                ticket = await escalate_ticket(uow, UUID(request.ticket_id), self._clock())
                return pb.EscalateTicketResponse(ticket=ticket_to_wire(ticket))

            return await answer_once(
                uow.idempotency, "EscalateTicket", request, pb.EscalateTicketResponse, compute
            )

    async def ResolveTicket(
        self, request: pb.ResolveTicketRequest, context: Context
    ) -> pb.ResolveTicketResponse:
        async with self._transactions(caller().tenant_id) as uow:

            async def compute() -> pb.ResolveTicketResponse:
                ticket = await resolve_ticket(uow, UUID(request.ticket_id), self._clock())
                return pb.ResolveTicketResponse(ticket=ticket_to_wire(ticket))

            return await answer_once(
                uow.idempotency, "ResolveTicket", request, pb.ResolveTicketResponse, compute
            )

    async def CloseTicket(self, request: pb.CloseTicketRequest, context: Context) -> pb.CloseTicketResponse:
        async with self._transactions(caller().tenant_id) as uow:

            async def compute() -> pb.CloseTicketResponse:
                ticket = await close_ticket(uow, UUID(request.ticket_id), self._clock())
                return pb.CloseTicketResponse(ticket=ticket_to_wire(ticket))

            return await answer_once(uow.idempotency, "CloseTicket", request, pb.CloseTicketResponse, compute)

    async def ReopenTicket(
        self, request: pb.ReopenTicketRequest, context: Context
    ) -> pb.ReopenTicketResponse:
        async with self._transactions(caller().tenant_id) as uow:

            async def compute() -> pb.ReopenTicketResponse:
                ticket = await reopen_ticket(uow, UUID(request.ticket_id), self._clock())
                return pb.ReopenTicketResponse(ticket=ticket_to_wire(ticket))

            return await answer_once(
                uow.idempotency, "ReopenTicket", request, pb.ReopenTicketResponse, compute
            )

    async def BatchGetTickets(
        self, request: pb.BatchGetTicketsRequest, context: Context
    ) -> pb.BatchGetTicketsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            found = await uow.tickets.many([UUID(ticket_id) for ticket_id in request.ids])
        return pb.BatchGetTicketsResponse(tickets=[ticket_to_wire(ticket) for ticket in found])

    async def BatchListOpenTickets(
        self, request: pb.BatchListOpenTicketsRequest, context: Context
    ) -> pb.BatchListOpenTicketsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            found = await uow.tickets.open_of_members([UUID(member_id) for member_id in request.member_ids])
        return pb.BatchListOpenTicketsResponse(tickets=[ticket_to_wire(ticket) for ticket in found])

    async def ListTickets(self, request: pb.ListTicketsRequest, context: Context) -> pb.ListTicketsResponse:
        wanted = TicketFilter(
            optional_id(request.member_id),
            optional_id(request.group_id),
            TICKET_STATUSES.optional(request.status),
            request.assignee or None,
        )
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.tickets.page(PageRequest.of(request.page), wanted)
        tickets = [ticket_to_wire(ticket) for ticket in page.items]
        return pb.ListTicketsResponse(tickets=tickets, page_info=page.info())

    async def BatchListReplies(
        self, request: pb.BatchListRepliesRequest, context: Context
    ) -> pb.BatchListRepliesResponse:
        async with self._transactions(caller().tenant_id) as uow:
            replies = await uow.replies.of_tickets([UUID(ticket_id) for ticket_id in request.ticket_ids])
        by_ticket = {
            ticket_id: pb.TicketReplies(ticket_id=ticket_id)
            for ticket_id in dict.fromkeys(request.ticket_ids)
        }
        for reply in replies:
            by_ticket[str(reply.ticket_id)].replies.append(reply_to_wire(reply))
        return pb.BatchListRepliesResponse(tickets=by_ticket.values())
