"""The unit of work in PostgreSQL."""

from datetime import datetime

from campaigns.adapters.campaigns import SqlCampaigns
from campaigns.adapters.claims import SqlClaims
from campaigns.adapters.clicks import SqlClicks
from campaigns.adapters.event_codec import to_message
from campaigns.adapters.flash_sales import SqlFlashSales
from campaigns.adapters.payments import SqlPayments
from campaigns.adapters.policies import SqlPolicies
from campaigns.domain.events import DomainEvent
from chassis.database import Session
from chassis.erased import Erased


class SqlUnitOfWork:
    """One transaction of one tenant."""

    def __init__(self, session: Session) -> None:
        self._outbox = session.outbox
        self.campaigns = SqlCampaigns(session)
        self.flash_sales = SqlFlashSales(session)
        self.claims = SqlClaims(session)
        self.payments = SqlPayments(session)
        self.policies = SqlPolicies(session)
        self.clicks = SqlClicks(session)
        self.inbox = session.inbox
        self.erased = Erased(session)
        self.timers = session.timers
        self.tenants = session.tenants
        self.idempotency = session.idempotency

    async def publish(self, *events: DomainEvent, at: datetime) -> None:
        await self._outbox.append([to_message(event) for event in events], occurred_at=at)
