from datetime import datetime
from uuid import UUID

from support.application.change_ticket import queue, save_change
from support.application.ports import UnitOfWork
from support.domain.ticket import HandoverReason, Ticket


async def reopen_ticket(uow: UnitOfWork, ticket_id: UUID, now: datetime) -> Ticket:
    """Put a resolved or closed ticket into the queue again. Raises TicketNotFound, WrongTicketStatus."""
    ticket = await uow.tickets.get(ticket_id)
    reopened = ticket.reopen()
    await save_change(uow, ticket, reopened, now)
    return await queue(uow, reopened, HandoverReason.REOPENED, now)
