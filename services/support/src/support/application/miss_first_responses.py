from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from support.application.ports import UnitOfWork
from support.domain.events import FirstResponseBreached


async def miss_first_responses(uow: UnitOfWork, ticket_ids: Sequence[UUID], now: datetime) -> None:
    """Mark the tickets whose first response did not come in time, once each."""
    for ticket in await uow.tickets.locked(ticket_ids):
        missed = ticket.miss_first_response(now)
        if missed is not ticket and missed.first_response_due_at:
            await uow.tickets.save(missed)
            await uow.publish(FirstResponseBreached(missed, missed.first_response_due_at), at=now)
