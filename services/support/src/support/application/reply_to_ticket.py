from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.ids import new_id
from support.application.change_ticket import save_change
from support.application.ports import UnitOfWork
from support.domain.errors import NotTheAssignee
from support.domain.events import TicketReplied
from support.domain.ticket import Reply, ReplyAuthor, Ticket


@dataclass(frozen=True, slots=True)
class ReplyToTicket:
    """`may_step_in`: the author may answer in place of the assigned agent."""

    ticket_id: UUID
    author: str
    text: str
    wait_on_customer: bool
    may_step_in: bool


async def reply_to_ticket(uow: UnitOfWork, command: ReplyToTicket, now: datetime) -> tuple[Ticket, Reply]:
    """Answer the customer; the first answer stops the clock.

    Raises TicketNotFound, WrongTicketStatus, NotTheAssignee.
    """
    ticket = await uow.tickets.get(command.ticket_id)
    answered = ticket.reply(now, wait_on_customer=command.wait_on_customer)
    if ticket.assignee != command.author and not command.may_step_in:
        raise NotTheAssignee("Take the ticket before you answer it.")
    reply = Reply(new_id(), ticket.id, ReplyAuthor.AGENT, command.author, command.text, now)
    await save_change(uow, ticket, answered, now)
    await uow.replies.add(reply)
    await uow.publish(TicketReplied(answered, reply), at=now)
    return answered, reply
