from datetime import datetime
from uuid import UUID

from support.application.change_ticket import save_change
from support.application.ports import UnitOfWork
from support.domain.ticket import Ticket


async def assign_ticket(uow: UnitOfWork, ticket_id: UUID | None, assignee: str, now: datetime) -> Ticket:
    """Give a ticket to an agent; without an id the one that waits longest.

    Raises TicketNotFound, QueueEmpty, WrongTicketStatus.
    """
    ticket = await uow.tickets.get(ticket_id) if ticket_id else await uow.tickets.next_queued()
    assigned = ticket.assign(assignee)
    await save_change(uow, ticket, assigned, now)
    return assigned
