from datetime import datetime
from uuid import UUID

from support.application.change_ticket import save_change
from support.application.ports import UnitOfWork
from support.domain.ticket import Ticket


async def close_ticket(uow: UnitOfWork, ticket_id: UUID, now: datetime) -> Ticket:
    """Raises TicketNotFound, WrongTicketStatus."""
    ticket = await uow.tickets.get(ticket_id)
    closed = ticket.close()
    await save_change(uow, ticket, closed, now)
    return closed
