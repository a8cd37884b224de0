"""A ticket and its state table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from support.domain.errors import WrongTicketStatus


class TicketStatus(StrEnum):
    NEW = "new"
    BOT = "bot"
    QUEUED = "queued"
    ASSIGNED = "assigned"
    WAITING_ON_CUSTOMER = "waiting_on_customer"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REOPENED = "reopened"


class SupportTier(StrEnum):
    BOT = "bot"
    DUTY = "duty"
    EXPERT = "expert"


class HandoverReason(StrEnum):
    COMPLAINT = "COMPLAINT"
    PAYMENT = "PAYMENT"
    ASKED_FOR_PERSON = "ASKED_FOR_PERSON"
    UNSURE = "UNSURE"
    OPENED_BY_STAFF = "OPENED_BY_STAFF"
    ESCALATED = "ESCALATED"
    REOPENED = "REOPENED"


S = TicketStatus
TRANSITIONS: Mapping[TicketStatus, frozenset[TicketStatus]] = MappingProxyType(
    {
        S.NEW: frozenset({S.BOT, S.QUEUED}),
        S.BOT: frozenset({S.QUEUED, S.RESOLVED}),
        S.QUEUED: frozenset({S.ASSIGNED, S.RESOLVED}),
        S.ASSIGNED: frozenset({S.ASSIGNED, S.WAITING_ON_CUSTOMER, S.QUEUED, S.RESOLVED}),
        S.WAITING_ON_CUSTOMER: frozenset({S.ASSIGNED, S.QUEUED, S.RESOLVED}),
        S.RESOLVED: frozenset({S.CLOSED, S.REOPENED}),
        S.CLOSED: frozenset({S.REOPENED}),
        S.REOPENED: frozenset({S.QUEUED, S.ASSIGNED}),
    }
)
OPEN = frozenset({S.NEW, S.BOT, S.QUEUED, S.ASSIGNED, S.WAITING_ON_CUSTOMER, S.REOPENED})
WAITING_FOR_STAFF = frozenset({S.QUEUED, S.ASSIGNED, S.REOPENED})


@dataclass(frozen=True, slots=True)
class Ticket:
    """Made by `open`; the constructor rehydrates. `version` counts changes of state."""

    id: UUID
    member_id: UUID
    group_id: UUID | None
    status: TicketStatus
    tier: SupportTier
    subject: str
    assignee: str | None
    opened_at: datetime
    first_response_due_at: datetime | None
    first_responded_at: datetime | None
    first_response_breached: bool
    resolved_at: datetime | None
    handover_reason: HandoverReason | None
    version: int

    @classmethod
    def open(
        cls, ticket_id: UUID, member_id: UUID, group_id: UUID | None, subject: str, now: datetime
    ) -> Ticket:
        return cls(
            ticket_id, member_id, group_id, S.NEW, SupportTier.BOT, subject,
            None, now, None, None, False, None, None, 0,
        )  # fmt: skip

    def hand_over(self, reason: HandoverReason, response_due_at: datetime | None) -> Ticket:
        """To the duty queue, or with a complaint to the experts: the first-response clock starts."""
        expert = reason in (HandoverReason.COMPLAINT, HandoverReason.ESCALATED)
        tier = SupportTier.EXPERT if expert or self.tier is SupportTier.EXPERT else SupportTier.DUTY
        due = response_due_at if self.first_responded_at is None else None
        return self._become(
            S.QUEUED, tier=tier, assignee=None, handover_reason=reason, first_response_due_at=due
        )

    def assign(self, assignee: str) -> Ticket:
        """Raises WrongTicketStatus."""
        return self._become(S.ASSIGNED, assignee=assignee)

    def reply(self, now: datetime, *, wait_on_customer: bool) -> Ticket:
        """The assigned agent writes; the first time stops the clock. Raises WrongTicketStatus."""
        if self.status not in (S.ASSIGNED, S.WAITING_ON_CUSTOMER):
            raise WrongTicketStatus(f"Take the ticket first; it is {self.status}.")
        answered = replace(
            self,
            first_responded_at=self.first_responded_at or now,
            first_response_due_at=None,
            first_response_breached=self.first_response_breached or self._late(now),
        )
        if wait_on_customer and self.status is S.ASSIGNED:
            return answered._become(S.WAITING_ON_CUSTOMER)
        return answered

    def customer_wrote(self) -> Ticket:
        """What waited on the customer is the agent's again."""
        return self._become(S.ASSIGNED) if self.status is S.WAITING_ON_CUSTOMER else self

    def resolve(self, now: datetime) -> Ticket:
        """Raises WrongTicketStatus."""
        return self._become(S.RESOLVED, resolved_at=now, first_response_due_at=None)

    def close(self) -> Ticket:
        """Raises WrongTicketStatus."""
        return self._become(S.CLOSED)

    def reopen(self) -> Ticket:
        """Raises WrongTicketStatus."""
        return self._become(S.REOPENED, resolved_at=None)

    def miss_first_response(self, now: datetime) -> Ticket:
        """The same ticket if the clock was stopped, moved, or has not run out."""
        breached = self.status in WAITING_FOR_STAFF and self._late(now) and not self.first_response_breached
        return replace(self, first_response_breached=True) if breached else self

    def _late(self, now: datetime) -> bool:
        return self.first_response_due_at is not None and now >= self.first_response_due_at

    def _become(self, status: TicketStatus, **changes: object) -> Ticket:
        if status not in TRANSITIONS[self.status]:
            raise WrongTicketStatus(f"A ticket that is {self.status} cannot become {status}.")
        return replace(self, status=status, version=self.version + 1, **changes)  # type: ignore[arg-type]


class ReplyAuthor(StrEnum):
    CUSTOMER = "customer"
    BOT = "bot"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Reply:
    """`author_id` is the agent's subject or the member's id; empty for the bot."""

    id: UUID
    ticket_id: UUID
    author: ReplyAuthor
    author_id: str
    text: str
    replied_at: datetime
