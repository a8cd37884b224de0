"""The unit of work in PostgreSQL."""

from datetime import datetime

from chassis.database import Session
from chassis.erased import Erased
from chassis.merged import Merged
from risk.adapters.attendances import SqlAttendances
from risk.adapters.audit_evidence import SqlAuditEvidence
from risk.adapters.audits import SqlAudits
from risk.adapters.blocklist import SqlBlocklist
from risk.adapters.case_policies import SqlCasePolicies
from risk.adapters.cases import SqlCases
from risk.adapters.classifier_models import SqlClassifierModels
from risk.adapters.decisions import SqlDecisions
from risk.adapters.evaluation_sets import SqlEvaluationSets
from risk.adapters.event_codec import to_message
from risk.adapters.first_words import SqlFirstWords
from risk.adapters.fraud_tables import audit_policies, fraud_policies
from risk.adapters.labels import SqlLabels
from risk.adapters.message_texts import SqlMessageTexts
from risk.adapters.moderator_tasks import SqlModeratorTasks
from risk.adapters.moderators import SqlGroupSizes, SqlModerators
from risk.adapters.opinion_incidents import SqlOpinionIncidents
from risk.adapters.opinion_policies import SqlOpinionPolicies
from risk.adapters.opinions import SqlOpinions
from risk.adapters.past_messages import SqlPastMessages
from risk.adapters.payment_reminders import SqlPaymentReminders
from risk.adapters.points import SqlPoints
from risk.adapters.policies import SqlRiskPolicies
from risk.adapters.response_times import SqlResponseTimes
from risk.adapters.rota_gaps import SqlRotaGaps
from risk.adapters.rota_tables import rota_policies
from risk.adapters.rule_sets import SqlRuleSets
from risk.adapters.shift_swaps import SqlShiftSwaps
from risk.adapters.shifts import SqlShifts
from risk.adapters.staff import SqlStaff
from risk.adapters.tenant_words import SqlTenantWords
from risk.adapters.training_tables import training_policies
from risk.adapters.trainings import SqlTrainings
from risk.adapters.versioned_policies import SqlPolicies
from risk.adapters.violations import SqlViolations
from risk.domain.audit_policy import AuditPolicy
from risk.domain.events import DomainEvent
from risk.domain.fraud_policy import FraudPolicy
from risk.domain.rota_policy import RotaPolicy
from risk.domain.training_policy import TrainingPolicy


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
        self.past_messages = SqlPastMessages(session)
        self.policies = SqlRiskPolicies(session)
        self.rule_sets = SqlRuleSets(session)
        self.points = SqlPoints(session)
        self.response_times = SqlResponseTimes(session)
        self.cases = SqlCases(session)
        self.case_policies = SqlCasePolicies(session)
        self.labels = SqlLabels(session)
        self.evaluation_sets = SqlEvaluationSets(session)
        self.classifier_models = SqlClassifierModels(session)
        self.staff = SqlStaff(session)
        self.payment_reminders = SqlPaymentReminders(session)
        self.blocklist = SqlBlocklist(session)
        self.first_words = SqlFirstWords(session)
        self.fraud_policies = SqlPolicies(session, fraud_policies, FraudPolicy)
        self.audits = SqlAudits(session)
        self.audit_evidence = SqlAuditEvidence(session)
        self.audit_policies = SqlPolicies(session, audit_policies, AuditPolicy)
        self.opinions = SqlOpinions(session)
        self.opinion_incidents = SqlOpinionIncidents(session)
        self.opinion_policies = SqlOpinionPolicies(session)
        self.moderators = SqlModerators(session)
        self.group_sizes = SqlGroupSizes(session)
        self.shifts = SqlShifts(session)
        self.shift_swaps = SqlShiftSwaps(session)
        self.rota_gaps = SqlRotaGaps(session)
        self.rota_policies = SqlPolicies(session, rota_policies, RotaPolicy)
        self.trainings = SqlTrainings(session)
        self.attendances = SqlAttendances(session)
        self.training_policies = SqlPolicies(session, training_policies, TrainingPolicy)
        self.erased = Erased(session)
        self.merged = Merged(session)
        self.tenants = session.tenants
        self.timers = session.timers
        self.inbox = session.inbox
        self.idempotency = session.idempotency

    async def publish(self, *events: DomainEvent, at: datetime) -> None:
        await self._outbox.append([to_message(event) for event in events], occurred_at=at)
