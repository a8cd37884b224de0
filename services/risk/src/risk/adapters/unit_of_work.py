"""The unit of work in PostgreSQL."""

from datetime import datetime

from chassis.database import Session
from chassis.erased import Erased
from chassis.merged import Merged
from risk.adapters.attendances import SqlAttendances
from risk.adapters.audit_evidence import SqlAuditEvidence
from risk.adapters.audit_policies import SqlAuditPolicies
from risk.adapters.audits import SqlAudits
from risk.adapters.blocklist import SqlBlocklist
from risk.adapters.case_policies import SqlCasePolicies
from risk.adapters.cases import SqlCases
from risk.adapters.decisions import SqlDecisions
from risk.adapters.evaluation_sets import SqlEvaluationSets
from risk.adapters.event_codec import to_message
from risk.adapters.first_words import SqlFirstWords
from risk.adapters.fraud_policies import SqlFraudPolicies
from risk.adapters.labels import SqlLabels
from risk.adapters.message_texts import SqlMessageTexts
from risk.adapters.moderator_tasks import SqlModeratorTasks
from risk.adapters.moderators import SqlGroupSizes, SqlModerators
from risk.adapters.opinion_incidents import SqlOpinionIncidents
from risk.adapters.opinion_policies import SqlOpinionPolicies
from risk.adapters.opinions import SqlOpinions
from risk.adapters.payment_reminders import SqlPaymentReminders
from risk.adapters.points import SqlPoints
from risk.adapters.policies import SqlPolicies
from risk.adapters.response_times import SqlResponseTimes
from risk.adapters.rota_gaps import SqlRotaGaps
from risk.adapters.rota_policies import SqlRotaPolicies
from risk.adapters.rule_sets import SqlRuleSets
from risk.adapters.shift_swaps import SqlShiftSwaps
from risk.adapters.shifts import SqlShifts
from risk.adapters.staff import SqlStaff
from risk.adapters.tenant_words import SqlTenantWords
from risk.adapters.training_policies import SqlTrainingPolicies
from risk.adapters.trainings import SqlTrainings
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
        self.rule_sets = SqlRuleSets(session)
        self.points = SqlPoints(session)
        self.response_times = SqlResponseTimes(session)
        self.cases = SqlCases(session)
        self.case_policies = SqlCasePolicies(session)
        self.labels = SqlLabels(session)
        self.evaluation_sets = SqlEvaluationSets(session)
        self.staff = SqlStaff(session)
        self.payment_reminders = SqlPaymentReminders(session)
        self.blocklist = SqlBlocklist(session)
        self.first_words = SqlFirstWords(session)
        self.fraud_policies = SqlFraudPolicies(session)
        self.audits = SqlAudits(session)
        self.audit_evidence = SqlAuditEvidence(session)
        self.audit_policies = SqlAuditPolicies(session)
        self.opinions = SqlOpinions(session)
        self.opinion_incidents = SqlOpinionIncidents(session)
        self.opinion_policies = SqlOpinionPolicies(session)
        self.moderators = SqlModerators(session)
        self.group_sizes = SqlGroupSizes(session)
        self.shifts = SqlShifts(session)
        self.shift_swaps = SqlShiftSwaps(session)
        self.rota_gaps = SqlRotaGaps(session)
        self.rota_policies = SqlRotaPolicies(session)
        self.trainings = SqlTrainings(session)
        self.attendances = SqlAttendances(session)
        self.training_policies = SqlTrainingPolicies(session)
        self.erased = Erased(session)
        self.merged = Merged(session)
        self.tenants = session.tenants
        self.timers = session.timers
        self.inbox = session.inbox
        self.idempotency = session.idempotency

    async def publish(self, *events: DomainEvent, at: datetime) -> None:
        await self._outbox.append([to_message(event) for event in events], occurred_at=at)
