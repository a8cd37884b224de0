"""The unit of work in memory: the same answers as PostgreSQL gives, without its concurrency."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from chassis.idempotency import Idempotency
from chassis.paging import Page, PageRequest
from chassis.timers import Payload, Timer
from risk.application.ports import Listing
from risk.domain.decision import Decided, Decision
from risk.domain.errors import ChangedMeanwhile, TaskNotFound, ViolationNotFound
from risk.domain.events import DomainEvent
from risk.domain.moderator_task import ModeratorTask, ModeratorTaskStatus
from risk.domain.policy import RiskPolicy
from risk.domain.violation import Violation, ViolationStatus

from .case_fakes import CaseRows, FakeCases, FakeEvaluationSets, FakeLabels, FakeTenants
from .classifier_fakes import ClassifierRows, FakeClassifierModels
from .decision_fakes import FakeDecisions, FakePastMessages
from .fraud_fakes import (
    FakeAuditEvidence,
    FakeAudits,
    FakeBlocklist,
    FakeFirstWords,
    FakePaymentReminders,
    FakeStaff,
    FraudRows,
)
from .lexicon_fakes import FakeTexts, FakeWords, LexiconRows
from .opinion_fakes import FakeOpinionIncidents, FakeOpinions, OpinionRows
from .pages import page_by
from .policy_fakes import FakePolicies
from .rota_fakes import (
    FakeGroupSizes,
    FakeModerators,
    FakeRotaGaps,
    FakeShifts,
    FakeShiftSwaps,
    RotaRows,
)
from .rule_fakes import FakePoints, FakeResponseTimes, FakeRuleSets, RuleRows
from .training_fakes import FakeAttendances, FakeTrainings, TrainingRows

T = TypeVar("T")


@dataclass
class Rows:
    """What one tenant has stored."""

    tenant_id: UUID
    decisions: dict[UUID, Decision] = field(default_factory=dict)
    violations: dict[UUID, Violation] = field(default_factory=dict)
    tasks: dict[UUID, ModeratorTask] = field(default_factory=dict)
    lexicon: LexiconRows = field(default_factory=LexiconRows)
    texts: dict[UUID, Decided] = field(default_factory=dict)
    policies: list[RiskPolicy] = field(default_factory=lambda: [RiskPolicy()])
    timers: dict[tuple[str, str], datetime] = field(default_factory=dict)
    events: list[DomainEvent] = field(default_factory=list)
    merged: list[frozenset[UUID]] = field(default_factory=list)
    of_cases: CaseRows = field(default_factory=CaseRows)
    of_fraud: FraudRows = field(default_factory=FraudRows)
    of_rules: RuleRows = field(default_factory=RuleRows)
    of_opinion: OpinionRows = field(default_factory=OpinionRows)
    of_classifier: ClassifierRows = field(default_factory=ClassifierRows)
    of_rota: RotaRows = field(default_factory=RotaRows)
    of_training: TrainingRows = field(default_factory=TrainingRows)

    def of(self, kind: type[T]) -> list[T]:
        """Published events of one kind, in order."""
        return [event for event in self.events if isinstance(event, kind)]


class FakeViolations:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def strikes(
        self, member_ids: Collection[UUID], since: datetime
    ) -> Mapping[UUID, Mapping[str, int]]:
        found: defaultdict[UUID, Counter[str]] = defaultdict(Counter)
        for violation in self._standing(member_ids, since):
            found[violation.member_id][violation.rule] += 1
        return found

    async def last_opened(
        self, member_ids: Collection[UUID], since: datetime
    ) -> Mapping[tuple[UUID, UUID, str], datetime]:
        ordered = sorted(self._standing(member_ids, since), key=lambda it: it.opened_at)
        return {(it.member_id, it.group_id, it.rule): it.opened_at for it in ordered}

    def _standing(self, member_ids: Collection[UUID], since: datetime) -> list[Violation]:
        return [
            violation
            for violation in self._rows.violations.values()
            if violation.member_id in member_ids
            and violation.opened_at > since
            and violation.status is not ViolationStatus.REVERSED
        ]

    async def add(self, violations: Sequence[Violation]) -> None:
        self._rows.violations |= {violation.id: violation for violation in violations}

    async def get(self, violation_id: UUID) -> Violation:
        if violation_id not in self._rows.violations:
            raise ViolationNotFound(f"There is no violation {violation_id}")
        return self._rows.violations[violation_id]

    async def save(self, violation: Violation, was: Violation) -> None:
        if self._rows.violations[violation.id].status is not was.status:
            raise ChangedMeanwhile("changed")
        self._rows.violations[violation.id] = violation

    async def save_all(self, changes: Sequence[tuple[Violation, Violation]]) -> None:
        for violation, was in changes:
            await self.save(violation, was)

    async def of_activities(self, activity_ids: Collection[UUID]) -> Sequence[Violation]:
        return [it for it in self._rows.violations.values() if it.activity_id in activity_ids]

    async def many(self, ids: Collection[UUID]) -> Sequence[Violation]:
        return [violation for violation in self._rows.violations.values() if violation.id in ids]

    async def page(
        self, request: PageRequest, listing: Listing, status: ViolationStatus | None
    ) -> Page[Violation]:
        chosen = [
            violation
            for violation in self._rows.violations.values()
            if status in (None, violation.status)
            and listing.group_id in (None, violation.group_id)
            and (not listing.member_ids or violation.member_id in listing.member_ids)
        ]
        return page_by(chosen, request, lambda v: (v.opened_at, v.id), newest_first=True)


class FakeTasks:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def add(self, tasks: Sequence[ModeratorTask]) -> None:
        self._rows.tasks |= {task.id: task for task in tasks}

    async def get(self, task_id: UUID) -> ModeratorTask:
        if task_id not in self._rows.tasks:
            raise TaskNotFound(f"There is no moderator task {task_id}")
        return self._rows.tasks[task_id]

    async def save(self, task: ModeratorTask, was: ModeratorTask) -> None:
        stored = self._rows.tasks[task.id]
        if (stored.status, stored.assignee) != (was.status, was.assignee):
            raise ChangedMeanwhile("changed")
        self._rows.tasks[task.id] = task

    async def save_all(self, changes: Sequence[tuple[ModeratorTask, ModeratorTask]]) -> None:
        for task, was in changes:
            await self.save(task, was)

    async def remind(self, task_ids: Collection[UUID], now: datetime) -> Sequence[ModeratorTask]:
        reminded = [
            replace(task, reminded_at=now)
            for task in self._rows.tasks.values()
            if task.id in task_ids and task.status is ModeratorTaskStatus.OPEN and task.reminded_at is None
        ]
        await self.add(reminded)
        return reminded

    async def mark_overdue(self, task_ids: Collection[UUID], now: datetime) -> Sequence[ModeratorTask]:
        overdue = [
            replace(task, status=ModeratorTaskStatus.OVERDUE)
            for task in self._rows.tasks.values()
            if task.id in task_ids and task.status is ModeratorTaskStatus.OPEN and task.due_at <= now
        ]
        await self.add(overdue)
        return overdue

    async def many(self, ids: Collection[UUID]) -> Sequence[ModeratorTask]:
        return [self._rows.tasks[task_id] for task_id in ids if task_id in self._rows.tasks]

    async def of_violations(self, violation_ids: Collection[UUID]) -> Sequence[ModeratorTask]:
        return [task for task in self._rows.tasks.values() if task.violation_id in violation_ids]

    async def to_do(self, request: PageRequest, group_ids: Collection[UUID]) -> Page[ModeratorTask]:
        waiting = (ModeratorTaskStatus.OPEN, ModeratorTaskStatus.OVERDUE)
        chosen = [
            task
            for task in self._rows.tasks.values()
            if task.status in waiting and task.group_id in group_ids
        ]
        return page_by(chosen, request, lambda task: (task.due_at, task.id))

    async def page(
        self, request: PageRequest, group_id: UUID | None, status: ModeratorTaskStatus | None
    ) -> Page[ModeratorTask]:
        chosen = [
            task
            for task in self._rows.tasks.values()
            if status in (None, task.status) and group_id in (None, task.group_id)
        ]
        return page_by(chosen, request, lambda task: (task.due_at, task.id))


class FakeTimers:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def schedule(self, kind: str, key: str, due_at: datetime, payload: Payload | None = None) -> None:
        self._rows.timers[kind, key] = due_at

    async def schedule_many(self, timers: Sequence[Timer]) -> None:
        self._rows.timers |= {(timer.kind, timer.key): timer.due_at for timer in timers}

    async def pending(self, kind: str, key: str) -> bool:
        return (kind, key) in self._rows.timers

    async def cancel(self, kind: str, key: str) -> None:
        self._rows.timers.pop((kind, key), None)

    async def cancel_many(self, kind: str, keys: Sequence[str]) -> None:
        for key in keys:
            await self.cancel(kind, key)


class FakeMerged:
    def __init__(self, merged: Sequence[frozenset[UUID]]) -> None:
        self._merged = merged

    async def together(self, ids: Collection[UUID]) -> Mapping[UUID, frozenset[UUID]]:
        return {it: next((person for person in self._merged if it in person), frozenset({it})) for it in ids}


class FakeUnitOfWork:
    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.tenant_id = rows.tenant_id
        self.decisions = FakeDecisions(rows.decisions)
        self.violations = FakeViolations(rows)
        self.moderator_tasks = FakeTasks(rows)
        self.words = FakeWords(rows.lexicon)
        self.texts = FakeTexts(rows.texts, rows.decisions)
        self.past_messages = FakePastMessages(rows.decisions, rows.texts)
        self.policies = FakePolicies(rows.policies)
        self.timers = FakeTimers(rows)
        self.cases = FakeCases(rows.of_cases)
        self.case_policies = FakePolicies(rows.of_cases.policies)
        self.labels = FakeLabels(rows.of_cases, rows.lexicon.words)
        self.evaluation_sets = FakeEvaluationSets(rows.of_cases)
        self.classifier_models = FakeClassifierModels(rows.of_classifier)
        self.staff = FakeStaff(rows.of_fraud)
        self.payment_reminders = FakePaymentReminders(rows.of_fraud)
        self.blocklist = FakeBlocklist(rows.of_fraud)
        self.first_words = FakeFirstWords(rows.decisions)
        self.fraud_policies = FakePolicies(rows.of_fraud.fraud_policies)
        self.audits = FakeAudits(rows.of_fraud)
        self.audit_evidence = FakeAuditEvidence(rows.of_fraud)
        self.audit_policies = FakePolicies(rows.of_fraud.audit_policies)
        self.rule_sets = FakeRuleSets(rows.of_rules)
        self.points = FakePoints(rows.of_rules)
        self.response_times = FakeResponseTimes(rows.violations, rows.tasks)
        self.tenants = FakeTenants(rows.tenant_id)
        self.opinions = FakeOpinions(rows.of_opinion, rows.texts)
        self.opinion_incidents = FakeOpinionIncidents(rows.of_opinion)
        self.opinion_policies = FakePolicies(rows.of_opinion.policies)
        self.moderators = FakeModerators(rows.of_rota)
        self.group_sizes = FakeGroupSizes(rows.of_rota)
        self.shifts = FakeShifts(rows.of_rota)
        self.shift_swaps = FakeShiftSwaps(rows.of_rota)
        self.rota_gaps = FakeRotaGaps(rows.of_rota)
        self.rota_policies = FakePolicies(rows.of_rota.policies)
        self.trainings = FakeTrainings(rows.of_training, rows.of_cases)
        self.attendances = FakeAttendances(rows.of_training)
        self.training_policies = FakePolicies(rows.of_training.policies)
        self.merged = FakeMerged(rows.merged)

    @property
    def idempotency(self) -> Idempotency:
        raise NotImplementedError("keys are the door's, which is tested on PostgreSQL")

    async def publish(self, *events: DomainEvent, at: datetime) -> None:
        self.rows.events += events


class FakeTransactions:
    """A transaction that raises leaves everything as it was."""

    def __init__(self) -> None:
        self._tenants: dict[UUID, Rows] = {}

    @asynccontextmanager
    async def __call__(self, tenant_id: UUID) -> AsyncIterator[FakeUnitOfWork]:
        rows = deepcopy(self._tenants.get(tenant_id)) or Rows(tenant_id)
        yield FakeUnitOfWork(rows)
        self._tenants[tenant_id] = rows
