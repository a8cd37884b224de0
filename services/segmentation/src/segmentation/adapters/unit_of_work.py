"""The unit of work of segmentation: one transaction of one tenant in PostgreSQL."""

from datetime import datetime
from zoneinfo import ZoneInfo

from chassis.database import Session
from chassis.erased import Erased
from chassis.personal_data import PersonalData
from segmentation.adapters.activities import SqlActivities
from segmentation.adapters.alerts import SqlAlerts
from segmentation.adapters.consent_policies import SqlConsentPolicies
from segmentation.adapters.consents import SqlConsents
from segmentation.adapters.deliveries import SqlDeliveries
from segmentation.adapters.erasures import SqlErasures
from segmentation.adapters.event_codec import to_message
from segmentation.adapters.export_reads import SqlExportReads
from segmentation.adapters.fact_zones import SqlFactZones
from segmentation.adapters.facts import SqlFacts
from segmentation.adapters.groups import SqlGroups
from segmentation.adapters.identities import SqlIdentities
from segmentation.adapters.indicator_policies import SqlIndicatorPolicies
from segmentation.adapters.lifetime_values import SqlLifetimeValues
from segmentation.adapters.measurements import SqlMeasurements
from segmentation.adapters.members import SqlMembers
from segmentation.adapters.memberships import SqlMemberships
from segmentation.adapters.merges import SqlMerges
from segmentation.adapters.operations import SqlOperations
from segmentation.adapters.personal_data import PERSONAL_TABLES
from segmentation.adapters.policies import SqlPolicies
from segmentation.adapters.predictions import SqlPredictions
from segmentation.adapters.profiles import SqlProfiles
from segmentation.adapters.rfm import SqlRfm
from segmentation.adapters.segment_members import SqlSegmentMembers
from segmentation.adapters.segment_upkeep import SqlSegmentUpkeep
from segmentation.adapters.segments import SqlSegments
from segmentation.adapters.tag_rules import SqlTagRules
from segmentation.adapters.tags import SqlTags
from segmentation.adapters.tier_sweep import SqlTierSweep
from segmentation.adapters.tiers import SqlTiers
from segmentation.adapters.timeline import SqlTimeline
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
        self.tier_sweep = SqlTierSweep(session)
        self.rfm = SqlRfm(session)
        self.policies = SqlPolicies(session)
        self.facts = SqlFacts(session)
        self.fact_zones = SqlFactZones(session)
        self.measurements = SqlMeasurements(session)
        self.indicator_policies = SqlIndicatorPolicies(session)
        self.alerts = SqlAlerts(session)
        self.deliveries = SqlDeliveries(session)
        self.identities = SqlIdentities(session)
        self.merges = SqlMerges(session)
        self.timeline = SqlTimeline(session)
        self.profiles = SqlProfiles(session)
        self.consents = SqlConsents(session)
        self.consent_policies = SqlConsentPolicies(session)
        self.tags = SqlTags(session)
        self.tag_rules = SqlTagRules(session)
        self.predictions = SqlPredictions(session)
        self.lifetime_values = SqlLifetimeValues(session)
        self.segments = SqlSegments(session)
        self.segment_members = SqlSegmentMembers(session)
        self.segment_upkeep = SqlSegmentUpkeep(session)
        self.operations = SqlOperations(session)
        self.export_reads = SqlExportReads(session)
        self.erasures = SqlErasures(session)
        self.erased = Erased(session)
        self.personal_data = PersonalData(session, PERSONAL_TABLES)
        self.idempotency = session.idempotency
        self.inbox = session.inbox
        self.timers = session.timers

    async def tenant(self) -> Tenant:
        profile = await self._session.tenants.profile()
        return Tenant(profile.tenant_id, ZoneInfo(profile.time_zone), profile.currency)

    async def publish(self, *events: DomainEvent, at: datetime) -> None:
        await self._session.outbox.append([to_message(event) for event in events], occurred_at=at)
