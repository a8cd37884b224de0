from datetime import datetime
from uuid import UUID

from support.application.change_ticket import queue
from support.application.ports import UnitOfWork
from support.domain.ticket import HandoverReason, Ticket


async def escalate_ticket(uow: UnitOfWork, ticket_id: UUID, now: datetime) -> Ticket:
    """Hand a ticket to the experts. Raises TicketNotFound, WrongTicketStatus."""
    return await queue(uow, await uow.tickets.get(ticket_id), HandoverReason.ESCALATED, now)
