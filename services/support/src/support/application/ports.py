"""What the use cases need, in domain types. SQL forms in `adapters/`, fakes in the tests."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.erased import Erased
from chassis.idempotency import Idempotency
from chassis.inbox import Inbox
from chassis.paging import Page, PageRequest
from chassis.timers import Timers
from support.domain.answering import AnswerOutcome, FaqEntry, HandoverWords, KeywordReply
from support.domain.events import DomainEvent
from support.domain.policy import SupportPolicy
from support.domain.retrieval import FaqIndex
from support.domain.ticket import Reply, Ticket, TicketStatus


@dataclass(frozen=True, slots=True)
class TicketFilter:
    member_id: UUID | None = None
    group_id: UUID | None = None
    status: TicketStatus | None = None
    assignee: str | None = None


class Tickets(Protocol):
    async def add(self, ticket: Ticket) -> None: ...

    async def get(self, ticket_id: UUID) -> Ticket:
        """Locked until the transaction ends. Raises TicketNotFound."""
        ...

    async def locked(self, ticket_ids: Sequence[UUID]) -> Sequence[Ticket]: ...

    async def next_queued(self) -> Ticket:
        """The one that waits longest and nobody else is taking, locked. Raises QueueEmpty."""
        ...

    async def open_of_member(self, member_id: UUID) -> Ticket | None:
        """The oldest open ticket of a member, or of one merged with it; locked until the transaction ends."""
        ...

    async def save(self, ticket: Ticket) -> None: ...

    async def many(self, ticket_ids: Sequence[UUID]) -> Sequence[Ticket]: ...

    async def open_of_members(self, member_ids: Sequence[UUID]) -> Sequence[Ticket]:
        """At most 20 each, oldest first."""
        ...

    async def page(self, request: PageRequest, wanted: TicketFilter) -> Page[Ticket]:
        """Oldest first."""
        ...


class Replies(Protocol):
    async def add(self, reply: Reply) -> None: ...

    async def of_tickets(self, ticket_ids: Sequence[UUID]) -> Sequence[Reply]:
        """Oldest first."""
        ...


class Knowledge(Protocol):
    async def put_faq(self, entries: Sequence[FaqEntry]) -> int:
        """Adds entries or changes those with the same reference; returns how many are new or different."""
        ...

    async def put_keywords(self, replies: Sequence[KeywordReply]) -> int: ...

    async def faq_page(self, request: PageRequest) -> Page[FaqEntry]: ...

    async def faq_answer(self, entry_id: UUID) -> str: ...

    async def keywords(self) -> Sequence[KeywordReply]: ...

    async def index(self) -> FaqIndex:
        """Of the FAQ as it is in this transaction."""
        ...


class Answers(Protocol):
    async def add(
        self,
        question_id: UUID,
        member_id: UUID,
        outcome: AnswerOutcome,
        faq_entry_id: UUID | None,
        confidence: float,
        now: datetime,
    ) -> None:
        """Kept to measure what the bot really handles. The question itself is not kept."""
        ...


class Policies(Protocol):
    async def current(self) -> SupportPolicy: ...

    async def add(self, policy: SupportPolicy, now: datetime) -> None:
        """Raises StaleVersion if that version exists."""
        ...


class UnitOfWork(Protocol):
    """One transaction of one tenant."""

    @property
    def tickets(self) -> Tickets: ...
    @property
    def replies(self) -> Replies: ...
    @property
    def knowledge(self) -> Knowledge: ...
    @property
    def answers(self) -> Answers: ...
    @property
    def policies(self) -> Policies: ...
    @property
    def erased(self) -> Erased: ...
    @property
    def timers(self) -> Timers: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def idempotency(self) -> Idempotency: ...

    async def zone(self) -> ZoneInfo:
        """The tenant's. Raises UnknownTenant."""
        ...

    async def publish(self, *events: DomainEvent, at: datetime) -> None: ...


class Texts(Protocol):
    """What customers read, and the words by which the bot knows that it must not answer."""

    @property
    def handover_words(self) -> HandoverWords: ...
    def handed_over(self, seconds: int) -> str: ...
    def handed_over_closed(self) -> str: ...
    def added_to_ticket(self) -> str: ...


Transactions = Callable[[UUID], AbstractAsyncContextManager[UnitOfWork]]
