"""The unit of work of segmentation: one transaction of one tenant in PostgreSQL."""

from datetime import datetime
from zoneinfo import ZoneInfo

from chassis.database import Session
from segmentation.adapters.activities import SqlActivities
from segmentation.adapters.deliveries import SqlDeliveries
from segmentation.adapters.event_codec import to_message
from segmentation.adapters.facts import SqlFacts
from segmentation.adapters.groups import SqlGroups
from segmentation.adapters.lifetime_values import SqlLifetimeValues
from segmentation.adapters.members import SqlMembers
from segmentation.adapters.memberships import SqlMemberships
from segmentation.adapters.policies import SqlPolicies
from segmentation.adapters.predictions import SqlPredictions
from segmentation.adapters.tiers import SqlTiers
from segmentation.application.ports import Tenant
from segmentation.domain.events import DomainEvent


class SqlUnitOfWork:
    def __init__(self, session: Session) -> None:
        self._session = session
        self.groups = SqlGroups(session)
        self.members = SqlMembers(session)
        self.activities = SqlActivities(session)
        self.memberships = SqlMemberships(session)
        self.tiers = SqlTiers(session)
        self.policies = SqlPolicies(session)
        self.facts = SqlFacts(session)
        self.deliveries = SqlDeliveries(session)
        self.predictions = SqlPredictions(session)
        self.lifetime_values = SqlLifetimeValues(session)
        self.inbox = session.inbox
        self.timers = session.timers

    async def tenant(self) -> Tenant:
        profile = await self._session.tenants.profile()
        return Tenant(profile.tenant_id, ZoneInfo(profile.time_zone), profile.currency)

    async def publish(self, *events: DomainEvent, at: datetime) -> None:
        await self._session.outbox.append([to_message(event) for event in events], occurred_at=at)
