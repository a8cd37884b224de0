from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.ids import new_id
from support.application.change_ticket import open_queued
from support.application.ports import UnitOfWork
from support.domain.ticket import HandoverReason, Reply, ReplyAuthor, Ticket


@dataclass(frozen=True, slots=True)
class OpenTicket:
    member_id: UUID
    group_id: UUID | None
    subject: str
    text: str


async def open_ticket(uow: UnitOfWork, command: OpenTicket, now: datetime) -> Ticket:
    """Open a ticket for a member, straight into the queue."""
    ticket = Ticket.open(new_id(), command.member_id, command.group_id, command.subject, now)
    queued = await open_queued(uow, ticket, HandoverReason.OPENED_BY_STAFF, now)
    author = str(command.member_id)
    await uow.replies.add(Reply(new_id(), ticket.id, ReplyAuthor.CUSTOMER, author, command.text, now))
    return queued
