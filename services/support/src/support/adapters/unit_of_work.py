"""One transaction of one tenant, as the use cases see it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from chassis.database import Session
from chassis.erased import Erased
from support.adapters.answers import SqlAnswers
from support.adapters.event_codec import to_message
from support.adapters.knowledge import IndexCache, SqlKnowledge
from support.adapters.policies import SqlPolicies
from support.adapters.tickets import SqlReplies, SqlTickets
from support.domain.events import DomainEvent


class SqlUnitOfWork:
    def __init__(self, session: Session, indexes: IndexCache) -> None:
        self._session = session
        self.tickets = SqlTickets(session)
        self.replies = SqlReplies(session)
        self.knowledge = SqlKnowledge(session, indexes)
        self.answers = SqlAnswers(session)
        self.policies = SqlPolicies(session)
        self.erased = Erased(session)
        self.timers = session.timers
        self.inbox = session.inbox
        self.idempotency = session.idempotency

    async def zone(self) -> ZoneInfo:
        return ZoneInfo((await self._session.tenants.profile()).time_zone)

    async def publish(self, *events: DomainEvent, at: datetime) -> None:
        await self._session.outbox.append([to_message(event) for event in events], occurred_at=at)
