"""Tickets from opening to reopening."""

import strawberry

from gateway.context import Info
from gateway.global_ids import optional_uuid, uuid_of
from gateway.mutation import IDEMPOTENCY_KEY, Input, Payload, mutation, payload
from gateway.segmentation.known import known_group, known_member
from gateway.support.types import Ticket, TicketReply
from quanzi.support.v1 import tickets_pb2

_TICKET = "The ticket after the step."


@strawberry.input(description="Input of `ticketOpen`.")
class TicketOpenInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    member: strawberry.ID = strawberry.field(description="The customer.")
    group: strawberry.ID | None = strawberry.field(description="The group it comes from.", default=None)
    subject: str = strawberry.field(description="What it is about, at most 200 characters.")
    text: str = strawberry.field(description="What the customer says, at most 4,000 characters.")


@payload("IDEMPOTENCY_KEY_REUSED")
class TicketOpenPayload(Payload):
    ticket: Ticket | None = strawberry.field(description=_TICKET, default=None)


@strawberry.input(description="Input of `ticketAssign`.")
class TicketAssignInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    ticket: strawberry.ID | None = strawberry.field(
        description="The ticket; without it, the oldest queued one.", default=None
    )
    assignee: str | None = strawberry.field(description="Staff subject; without it, you.", default=None)


@payload("IDEMPOTENCY_KEY_REUSED", "WRONG_TICKET_STATUS", "NOT_THE_ASSIGNEE", "QUEUE_EMPTY")
class TicketAssignPayload(Payload):
    ticket: Ticket | None = strawberry.field(description=_TICKET, default=None)


@strawberry.input(description="Input of `ticketReply`.")
class TicketReplyInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    ticket: strawberry.ID = strawberry.field(description="The ticket.")
    text: str = strawberry.field(description="What to tell the customer, at most 4,000 characters.")
    wait_on_customer: bool = strawberry.field(
        description="Then wait for the customer: clocks stand.", default=False
    )


@payload("IDEMPOTENCY_KEY_REUSED", "WRONG_TICKET_STATUS", "NOT_THE_ASSIGNEE")
class TicketReplyPayload(Payload):
    ticket: Ticket | None = strawberry.field(description=_TICKET, default=None)
    reply: TicketReply | None = strawberry.field(description="What was written.", default=None)


@strawberry.input(description="Input of `ticketEscalate`.")
class TicketEscalateInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    ticket: strawberry.ID = strawberry.field(description="The ticket.")
    reason: str = strawberry.field(description="Why experts are needed, at most 500 characters.")


@payload("IDEMPOTENCY_KEY_REUSED", "WRONG_TICKET_STATUS", "NOT_THE_ASSIGNEE")
class TicketEscalatePayload(Payload):
    ticket: Ticket | None = strawberry.field(description=_TICKET, default=None)


@strawberry.input(description="Input of `ticketResolve`.")
class TicketResolveInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    ticket: strawberry.ID = strawberry.field(description="The ticket.")


@payload("IDEMPOTENCY_KEY_REUSED", "WRONG_TICKET_STATUS", "NOT_THE_ASSIGNEE")
class TicketResolvePayload(Payload):
    ticket: Ticket | None = strawberry.field(description=_TICKET, default=None)


@strawberry.input(description="Input of `ticketClose`.")
class TicketCloseInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    ticket: strawberry.ID = strawberry.field(description="The ticket.")


@payload("IDEMPOTENCY_KEY_REUSED", "WRONG_TICKET_STATUS", "NOT_THE_ASSIGNEE")
class TicketClosePayload(Payload):
    ticket: Ticket | None = strawberry.field(description=_TICKET, default=None)


@strawberry.input(description="Input of `ticketReopen`.")
class TicketReopenInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    ticket: strawberry.ID = strawberry.field(description="The ticket.")
    reason: str = strawberry.field(description="Why, at most 500 characters.", default="")


@payload("IDEMPOTENCY_KEY_REUSED", "WRONG_TICKET_STATUS", "NOT_THE_ASSIGNEE")
class TicketReopenPayload(Payload):
    ticket: Ticket | None = strawberry.field(description=_TICKET, default=None)


@strawberry.type
class TicketMutations:
    @mutation("Opens a ticket for a member, straight into the queue (提交工单).")
    async def ticket_open(self, info: Info, input: Input[TicketOpenInput]) -> TicketOpenPayload | None:
        request = tickets_pb2.OpenTicketRequest(
            idempotency_key=input.idempotency_key,
            member_id=await known_member(info, input.member),
            group_id=await known_group(info, input.group),
            subject=input.subject,
            text=input.text,
        )
        answer = await info.context.clients.tickets.OpenTicket(request)
        return TicketOpenPayload(ticket=Ticket.of(answer.ticket))

    @mutation("Takes a ticket or gives it to an agent (分配工单).")
    async def ticket_assign(self, info: Info, input: Input[TicketAssignInput]) -> TicketAssignPayload | None:
        request = tickets_pb2.AssignTicketRequest(
            idempotency_key=input.idempotency_key,
            ticket_id=optional_uuid(input.ticket, "Ticket", "ticket"),
            assignee=input.assignee or "",
        )
        answer = await info.context.clients.tickets.AssignTicket(request)
        return TicketAssignPayload(ticket=Ticket.of(answer.ticket))

    @mutation("Answers the customer (回复客户); the first answer of a person stops the first-response clock.")
    async def ticket_reply(self, info: Info, input: Input[TicketReplyInput]) -> TicketReplyPayload | None:
        request = tickets_pb2.ReplyToTicketRequest(
            idempotency_key=input.idempotency_key,
            ticket_id=uuid_of(input.ticket, "Ticket", "ticket"),
            text=input.text,
            wait_on_customer=input.wait_on_customer,
        )
        answer = await info.context.clients.tickets.ReplyToTicket(request)
        return TicketReplyPayload(ticket=Ticket.of(answer.ticket), reply=TicketReply.of(answer.reply))

    @mutation("Hands a ticket to the experts (升级专家).")
    async def ticket_escalate(
        self, info: Info, input: Input[TicketEscalateInput]
    ) -> TicketEscalatePayload | None:
        request = tickets_pb2.EscalateTicketRequest(
            idempotency_key=input.idempotency_key,
            ticket_id=uuid_of(input.ticket, "Ticket", "ticket"),
            reason=input.reason,
        )
        answer = await info.context.clients.tickets.EscalateTicket(request)
        return TicketEscalatePayload(ticket=Ticket.of(answer.ticket))

    @mutation("Marks a ticket resolved (解决工单).")
    async def ticket_resolve(
        self, info: Info, input: Input[TicketResolveInput]
    ) -> TicketResolvePayload | None:
        request = tickets_pb2.ResolveTicketRequest(
            idempotency_key=input.idempotency_key, ticket_id=uuid_of(input.ticket, "Ticket", "ticket")
        )
        answer = await info.context.clients.tickets.ResolveTicket(request)
        return TicketResolvePayload(ticket=Ticket.of(answer.ticket))

    @mutation("Closes a resolved ticket (关闭工单).")
    async def ticket_close(self, info: Info, input: Input[TicketCloseInput]) -> TicketClosePayload | None:
        request = tickets_pb2.CloseTicketRequest(
            idempotency_key=input.idempotency_key, ticket_id=uuid_of(input.ticket, "Ticket", "ticket")
        )
        answer = await info.context.clients.tickets.CloseTicket(request)
        return TicketClosePayload(ticket=Ticket.of(answer.ticket))

    @mutation("Reopens a resolved or closed ticket (重新打开).")
    async def ticket_reopen(self, info: Info, input: Input[TicketReopenInput]) -> TicketReopenPayload | None:
        request = tickets_pb2.ReopenTicketRequest(
            idempotency_key=input.idempotency_key,
            ticket_id=uuid_of(input.ticket, "Ticket", "ticket"),
            reason=input.reason,
        )
        answer = await info.context.clients.tickets.ReopenTicket(request)
        return TicketReopenPayload(ticket=Ticket.of(answer.ticket))
