"""What every change of a ticket has in common."""

from datetime import datetime

from support.application.ports import UnitOfWork
from support.application.timer_kinds import FIRST_RESPONSE
from support.domain.events import TicketStatusChanged
from support.domain.ticket import HandoverReason, Ticket, TicketStatus


async def save_change(uow: UnitOfWork, before: Ticket, after: Ticket, now: datetime) -> None:
    """Keep the ticket, run or stop its first-response clock, say what changed."""
    await uow.tickets.save(after)
    if before.first_response_due_at != after.first_response_due_at:
        if after.first_response_due_at:
            await uow.timers.schedule(FIRST_RESPONSE, str(after.id), after.first_response_due_at)
        else:
            await uow.timers.cancel(FIRST_RESPONSE, str(after.id))
    if (before.status, before.assignee) != (after.status, after.assignee):
        await uow.publish(TicketStatusChanged(after, before.status, now), at=now)


async def queue(uow: UnitOfWork, ticket: Ticket, reason: HandoverReason, now: datetime) -> Ticket:
    """Hand a ticket over to people: the clock runs in service hours."""
    policy, zone = await uow.policies.current(), await uow.zone()
    due_at = policy.hours.deadline(now, policy.first_response_seconds, zone)
    queued = ticket.hand_over(reason, due_at)
    await save_change(uow, ticket, queued, now)
    return queued


async def open_queued(uow: UnitOfWork, ticket: Ticket, reason: HandoverReason, now: datetime) -> Ticket:
    """Keep a new ticket and hand it over."""
    if ticket.status is not TicketStatus.NEW:
        raise ValueError("only a new ticket is opened")
    await uow.tickets.add(ticket)
    return await queue(uow, ticket, reason, now)
