"""What happened; `adapters/event_codec.py` gives it its wire form."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from support.domain.answering import AnswerOutcome
from support.domain.ticket import Reply, Ticket, TicketStatus


@dataclass(frozen=True, slots=True)
class QuestionAnswered:
    """`question_id` is the message's activity id, or the idempotency key's own id of a direct question."""

    question_id: UUID
    member_id: UUID
    group_id: UUID | None
    outcome: AnswerOutcome
    answer_text: str
    faq_entry_id: UUID | None
    ticket_id: UUID | None


@dataclass(frozen=True, slots=True)
class TicketStatusChanged:
    ticket: Ticket
    previous_status: TicketStatus
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class TicketReplied:
    ticket: Ticket
    reply: Reply


@dataclass(frozen=True, slots=True)
class FirstResponseBreached:
    ticket: Ticket
    due_at: datetime


DomainEvent = QuestionAnswered | TicketStatusChanged | TicketReplied | FirstResponseBreached
