"""One transaction of one tenant, as the use cases see it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from chassis.database import Session
from content.adapters.budgets import SqlBudgets
from content.adapters.event_codec import to_message
from content.adapters.items import SqlItems
from content.adapters.plans import SqlPlans
from content.adapters.policies import SqlPolicies
from content.adapters.post_timers import PostTimers
from content.adapters.posts import SqlPosts
from content.domain.events import DomainEvent


class SqlUnitOfWork:
    def __init__(self, session: Session) -> None:
        self._session = session
        self.items = SqlItems(session)
        self.plans = SqlPlans(session)
        self.posts = SqlPosts(session)
        self.budgets = SqlBudgets(session)
        self.policies = SqlPolicies(session)
        self.post_timers = PostTimers(session.timers)
        self.timers = session.timers
        self.inbox = session.inbox
        self.idempotency = session.idempotency

    async def zone(self) -> ZoneInfo:
        return ZoneInfo((await self._session.tenants.profile()).time_zone)

    async def publish(self, *events: DomainEvent, at: datetime) -> None:
        await self._session.outbox.append([to_message(event) for event in events], occurred_at=at)
