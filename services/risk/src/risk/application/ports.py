"""What the use cases need: the smallest interfaces, in domain types."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from chassis.erased import Erased
from chassis.idempotency import Idempotency
from chassis.inbox import Inbox
from chassis.merged import Merged
from chassis.paging import Page, PageRequest
from chassis.tenancy import Tenants
from chassis.timers import Timers
from risk.application.case_ports import CasePolicies, Cases
from risk.application.label_ports import EvaluationSets, Labels
from risk.application.lexicon_ports import MessageTexts, TenantWords
from risk.domain.copies import Posting
from risk.domain.decision import Decided, Decision, Message
from risk.domain.events import DomainEvent
from risk.domain.flooding import Occurrence
from risk.domain.lexicon import Word
from risk.domain.moderator_task import ModeratorTask, ModeratorTaskStatus
from risk.domain.policy import RiskPolicy
from risk.domain.screening import Screener
from risk.domain.verdict import Verdict
from risk.domain.violation import Violation, ViolationStatus

TASK_DEADLINE = "moderator-task-deadline"
Place = tuple[UUID, UUID]
"""A member in a group: member id, group id."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Which rows of a list; what is None does not restrict."""

    group_id: UUID | None = None
    member_id: UUID | None = None


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
        self, messages: Sequence[Message], window: timedelta
    ) -> Mapping[Place, Sequence[Occurrence]]:
        """Decided messages of the same members in the same groups.

        From a window before the first of these messages to a window after the last.
        """
        ...

    async def same_texts(
        self, postings: Mapping[int, Sequence[Posting]], doubtful: Collection[int], window: timedelta
    ) -> Mapping[int, Sequence[Posting]]:
        """What these members, of a doubtful text all members, said of the same fingerprint in groups before.

        The newest of each, 1,000 at most; from a window before the first of the postings to the last.
        """
        ...

    async def add(self, decisions: Sequence[Decision]) -> None:
        """Keep the decisions of undecided messages."""
        ...

    async def many(self, activity_ids: Collection[UUID]) -> Sequence[Decision]:
        """Those that exist."""
        ...

    async def page(self, request: PageRequest, listing: Listing, at_least: Verdict) -> Page[Decision]:
        """Newest decision first."""
        ...


class Violations(Protocol):
    async def strikes(self, member_ids: Collection[UUID], since: datetime) -> Mapping[UUID, int]:
        """Violations of each member opened after `since` and not reversed; none: left out."""
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

    async def mark_overdue(self, task_ids: Collection[UUID], now: datetime) -> Sequence[ModeratorTask]:
        """Open tasks of these that are due become overdue; returns them."""
        ...

    async def many(self, ids: Collection[UUID]) -> Sequence[ModeratorTask]:
        """Those that exist."""
        ...

    async def of_violations(self, violation_ids: Collection[UUID]) -> Sequence[ModeratorTask]:
        """At most one each."""
        ...

    async def page(
        self, request: PageRequest, group_id: UUID | None, status: ModeratorTaskStatus | None
    ) -> Page[ModeratorTask]:
        """By deadline."""
        ...


class Policies(Protocol):
    async def current(self) -> RiskPolicy:
        """The newest, or the default."""
        ...

    async def add(self, policy: RiskPolicy, now: datetime) -> None:
        """Raises StaleVersion if that version exists."""
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
    def policies(self) -> Policies: ...
    @property
    def cases(self) -> Cases: ...
    @property
    def case_policies(self) -> CasePolicies: ...
    @property
    def labels(self) -> Labels: ...
    @property
    def evaluation_sets(self) -> EvaluationSets: ...
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
