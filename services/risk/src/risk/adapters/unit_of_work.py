"""The unit of work in PostgreSQL."""

from datetime import datetime

from chassis.database import Session
from chassis.erased import Erased
from chassis.merged import Merged
from risk.adapters.case_policies import SqlCasePolicies
from risk.adapters.cases import SqlCases
from risk.adapters.decisions import SqlDecisions
from risk.adapters.evaluation_sets import SqlEvaluationSets
from risk.adapters.event_codec import to_message
from risk.adapters.labels import SqlLabels
from risk.adapters.message_texts import SqlMessageTexts
from risk.adapters.moderator_tasks import SqlModeratorTasks
from risk.adapters.policies import SqlPolicies
from risk.adapters.tenant_words import SqlTenantWords
from risk.adapters.violations import SqlViolations
from risk.domain.events import DomainEvent


class SqlUnitOfWork:
    """One transaction of one tenant."""

    def __init__(self, session: Session) -> None:
        self._outbox = session.outbox
        self.tenant_id = session.tenant_id
        self.decisions = SqlDecisions(session)
        self.violations = SqlViolations(session)
        self.moderator_tasks = SqlModeratorTasks(session)
        self.words = SqlTenantWords(session)
        self.texts = SqlMessageTexts(session)
        self.policies = SqlPolicies(session)
        self.cases = SqlCases(session)
        self.case_policies = SqlCasePolicies(session)
        self.labels = SqlLabels(session)
        self.evaluation_sets = SqlEvaluationSets(session)
        self.erased = Erased(session)
        self.merged = Merged(session)
        self.tenants = session.tenants
        self.timers = session.timers
        self.inbox = session.inbox
        self.idempotency = session.idempotency

    async def publish(self, *events: DomainEvent, at: datetime) -> None:
        await self._outbox.append([to_message(event) for event in events], occurred_at=at)
