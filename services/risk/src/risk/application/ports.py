"""What the use cases need: the smallest interfaces, in domain types."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.erased import Erased
from chassis.idempotency import Idempotency
from chassis.inbox import Inbox
from chassis.merged import Merged
from chassis.paging import Page, PageRequest
from chassis.tenancy import Tenants
from chassis.timers import Timers
from risk.application.audit_ports import AuditEvidence, Audits
from risk.application.case_ports import Cases
from risk.application.classifier_ports import ClassifierModels, Classifiers
from risk.application.fraud_ports import Blocklist, FirstWords, PaymentReminders, StaffRegister
from risk.application.label_ports import EvaluationSets, Labels
from risk.application.lexicon_ports import MessageTexts, TenantWords
from risk.application.opinion_ports import OpinionIncidents, Opinions
from risk.application.policy_ports import Policies
from risk.application.replay_ports import PastMessages
from risk.application.rota_ports import GroupSizes, Moderators, RotaGaps, Shifts, ShiftSwaps
from risk.application.rule_ports import Points, ResponseTimesOf, RuleSets
from risk.application.training_ports import Attendances, Trainings
from risk.domain.audit_policy import AuditPolicy
from risk.domain.case_policy import CasePolicy
from risk.domain.copies import CopyLimits, Posting
from risk.domain.decision import Decided, Decision
from risk.domain.events import DomainEvent
from risk.domain.flooding import Occurrence
from risk.domain.fraud_policy import FraudPolicy
from risk.domain.lexicon import Word
from risk.domain.moderator_task import ModeratorTask, ModeratorTaskStatus
from risk.domain.opinion_policy import OpinionPolicy
from risk.domain.policy import RiskPolicy
from risk.domain.quota import QuotaDay, Used
from risk.domain.rota_policy import RotaPolicy
from risk.domain.screening import Screener
from risk.domain.training_policy import TrainingPolicy
from risk.domain.verdict import Verdict
from risk.domain.violation import Violation, ViolationStatus

TASK_DEADLINE = "moderator-task-deadline"
Place = tuple[UUID, UUID]
"""A member in a group: member id, group id."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Which rows of a list; what is empty does not restrict."""

    group_id: UUID | None = None
    member_ids: Collection[UUID] = ()


class Decisions(Protocol):
    async def take_turn(self) -> None:
        """Wait until no other batch of this tenant is being recorded, and keep the others waiting.

        Flooding and strikes are counts over what was recorded before: batches go one after another.
        """
        ...

    async def undecided(self, activity_ids: Collection[UUID]) -> set[UUID]:
        """Those of these ids that have no decision."""
        ...

    async def around(
        self, times: Mapping[Place, Collection[datetime]], most: int, window: timedelta
    ) -> Mapping[Place, Collection[Occurrence]]:
        """Decided messages that floods are found by, around some times in each place.

        Within a window before each time the newest, `most` unless there are fewer; and of those that flood
        the next before and after it.
        """
        ...

    async def same_texts(
        self, postings: Mapping[int, Sequence[Posting]], doubtful: Collection[int], limits: CopyLimits
    ) -> Mapping[int, Collection[Posting]]:
        """What was said of the same fingerprint in groups, within the window before each posting.

        By its member in as many groups, of a doubtful text by as many members, as the limits are; all of them
        if there are fewer.
        """
        ...

    async def add(self, decisions: Sequence[Decision]) -> None:
        """Keep the decisions of undecided messages, made at one time by the same versions."""
        ...

    async def used_quotas(self, quotas: Mapping[QuotaDay, int], zone: ZoneInfo) -> Mapping[QuotaDay, Used]:
        """What decided messages used of quotas, counted up to each; without one: left out or nothing."""
        ...

    async def many(self, activity_ids: Collection[UUID]) -> Sequence[Decision]:
        """Those that exist."""
        ...

    async def page(self, request: PageRequest, listing: Listing, at_least: Verdict) -> Page[Decision]:
        """Newest decision first."""
        ...


class Violations(Protocol):
    async def strikes(
        self, member_ids: Collection[UUID], since: datetime
    ) -> Mapping[UUID, Mapping[str, int]]:
        """Violations of each member, by rule, opened after `since` and not reversed; none: left out."""
        ...

    async def last_opened(
        self, member_ids: Collection[UUID], since: datetime
    ) -> Mapping[tuple[UUID, UUID, str], datetime]:
        """When a member broke a rule in a group last, by member, group and rule; without reversed ones."""
        ...

    async def add(self, violations: Sequence[Violation]) -> None: ...

    async def get(self, violation_id: UUID) -> Violation:
        """Raises ViolationNotFound."""
        ...

    async def save(self, violation: Violation, was: Violation) -> None:
        """Compare and set: raises ChangedMeanwhile unless the stored status is still that of `was`."""
        ...

    async def save_all(self, changes: Sequence[tuple[Violation, Violation]]) -> None:
        """(new, as it was), each compared and set; raises ChangedMeanwhile if one of them was changed."""
        ...

    async def many(self, ids: Collection[UUID]) -> Sequence[Violation]:
        """Those that exist."""
        ...

    async def of_activities(self, activity_ids: Collection[UUID]) -> Sequence[Violation]:
        """At most one each."""
        ...

    async def page(
        self, request: PageRequest, listing: Listing, status: ViolationStatus | None
    ) -> Page[Violation]:
        """Newest first."""
        ...


class ModeratorTasks(Protocol):
    async def add(self, tasks: Sequence[ModeratorTask]) -> None: ...

    async def get(self, task_id: UUID) -> ModeratorTask:
        """Raises TaskNotFound."""
        ...

    async def save(self, task: ModeratorTask, was: ModeratorTask) -> None:
        """Compare and set: raises ChangedMeanwhile unless the stored status is still that of `was`."""
        ...

    async def save_all(self, changes: Sequence[tuple[ModeratorTask, ModeratorTask]]) -> None:
        """(new, as it was), each compared and set; raises ChangedMeanwhile if one of them was changed."""
        ...

    async def remind(self, task_ids: Collection[UUID], now: datetime) -> Sequence[ModeratorTask]:
        """Open tasks of these that nobody was reminded of; returns them, as reminded."""
        ...

    async def mark_overdue(self, task_ids: Collection[UUID], now: datetime) -> Sequence[ModeratorTask]:
        """Open tasks of these that are due become overdue; returns them."""
        ...

    async def many(self, ids: Collection[UUID]) -> Sequence[ModeratorTask]:
        """Those that exist."""
        ...

    async def of_violations(self, violation_ids: Collection[UUID]) -> Sequence[ModeratorTask]:
        """At most one each."""
        ...

    async def to_do(self, request: PageRequest, group_ids: Collection[UUID]) -> Page[ModeratorTask]:
        """Open and overdue ones of these groups, by deadline."""
        ...

    async def page(
        self, request: PageRequest, group_id: UUID | None, status: ModeratorTaskStatus | None
    ) -> Page[ModeratorTask]:
        """By deadline."""
        ...


class UnitOfWork(Protocol):
    """One transaction of one tenant."""

    @property
    def tenant_id(self) -> UUID: ...
    @property
    def decisions(self) -> Decisions: ...
    @property
    def violations(self) -> Violations: ...
    @property
    def moderator_tasks(self) -> ModeratorTasks: ...
    @property
    def words(self) -> TenantWords: ...
    @property
    def texts(self) -> MessageTexts: ...
    @property
    def past_messages(self) -> PastMessages: ...
    @property
    def policies(self) -> Policies[RiskPolicy]: ...
    @property
    def rule_sets(self) -> RuleSets: ...
    @property
    def points(self) -> Points: ...
    @property
    def response_times(self) -> ResponseTimesOf: ...
    @property
    def cases(self) -> Cases: ...
    @property
    def case_policies(self) -> Policies[CasePolicy]: ...
    @property
    def labels(self) -> Labels: ...
    @property
    def evaluation_sets(self) -> EvaluationSets: ...
    @property
    def classifier_models(self) -> ClassifierModels: ...
    @property
    def staff(self) -> StaffRegister: ...
    @property
    def payment_reminders(self) -> PaymentReminders: ...
    @property
    def blocklist(self) -> Blocklist: ...
    @property
    def first_words(self) -> FirstWords: ...
    @property
    def fraud_policies(self) -> Policies[FraudPolicy]: ...
    @property
    def audits(self) -> Audits: ...
    @property
    def audit_evidence(self) -> AuditEvidence: ...
    @property
    def audit_policies(self) -> Policies[AuditPolicy]: ...
    @property
    def opinions(self) -> Opinions: ...
    @property
    def opinion_incidents(self) -> OpinionIncidents: ...
    @property
    def opinion_policies(self) -> Policies[OpinionPolicy]: ...
    @property
    def moderators(self) -> Moderators: ...
    @property
    def group_sizes(self) -> GroupSizes: ...
    @property
    def shifts(self) -> Shifts: ...
    @property
    def shift_swaps(self) -> ShiftSwaps: ...
    @property
    def rota_gaps(self) -> RotaGaps: ...
    @property
    def rota_policies(self) -> Policies[RotaPolicy]: ...
    @property
    def trainings(self) -> Trainings: ...
    @property
    def attendances(self) -> Attendances: ...
    @property
    def training_policies(self) -> Policies[TrainingPolicy]: ...
    @property
    def erased(self) -> Erased: ...
    @property
    def merged(self) -> Merged: ...
    @property
    def tenants(self) -> Tenants: ...
    @property
    def timers(self) -> Timers: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def idempotency(self) -> Idempotency: ...

    async def publish(self, *events: DomainEvent, at: datetime) -> None: ...


class Screeners(Protocol):
    @property
    def classifiers(self) -> Classifiers: ...

    async def current(self, tenant_id: UUID, words: TenantWords) -> Screener:
        """Of the version that the transaction sees, however recent."""
        ...

    async def with_words(self, own: Sequence[Word]) -> Screener:
        """As if these were the tenant's own words."""
        ...

    async def of_words(self, words: Sequence[Word]) -> Screener:
        """Of these words alone."""
        ...


class Instructions(Protocol):
    def for_violation(self, violation: Violation, policy: RiskPolicy) -> str:
        """What a moderator is to do, in the language of moderators."""
        ...


class FollowUp(Protocol):
    """What follows from messages that were decided just now and are recent enough to have consequences."""

    async def __call__(
        self, uow: UnitOfWork, decided: Sequence[Decided], policy: RiskPolicy, now: datetime, /
    ) -> None:
        """In the transaction of the decisions, one batch of the tenant after another."""
        ...


Transactions = Callable[[UUID], AbstractAsyncContextManager[UnitOfWork]]
