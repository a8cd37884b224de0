"""Domain values as the messages of proto/quanzi/support/v1, and back."""

from datetime import date
from uuid import UUID

from chassis.timestamps import optional_timestamp, timestamp
from quanzi.support.v1 import answers_pb2, tickets_pb2
from support.application.ask_question import Answer
from support.domain.answering import FaqEntry
from support.domain.errors import InvalidPolicy
from support.domain.policy import SupportPolicy
from support.domain.service_hours import ServiceInterval
from support.domain.ticket import Reply, Ticket, TicketStatus


def optional_id(value: str) -> UUID | None:
    return UUID(value) if value else None


def ticket_status(value: tickets_pb2.TicketStatus.ValueType) -> TicketStatus | None:
    """None for unspecified: any."""
    return (
        TicketStatus[tickets_pb2.TicketStatus.Name(value).removeprefix("TICKET_STATUS_")] if value else None
    )


def ticket_to_wire(ticket: Ticket) -> tickets_pb2.Ticket:
    return tickets_pb2.Ticket(
        id=str(ticket.id),
        member_id=str(ticket.member_id),
        group_id=str(ticket.group_id or ""),
        status=tickets_pb2.TicketStatus.Value(f"TICKET_STATUS_{ticket.status.name}"),
        tier=tickets_pb2.SupportTier.Value(f"SUPPORT_TIER_{ticket.tier.name}"),
        subject=ticket.subject,
        assignee=ticket.assignee or "",
        opened_at=timestamp(ticket.opened_at),
        first_response_due_at=optional_timestamp(ticket.first_response_due_at),
        first_responded_at=optional_timestamp(ticket.first_responded_at),
        first_response_breached=ticket.first_response_breached,
        resolved_at=optional_timestamp(ticket.resolved_at),
        handover_reason=ticket.handover_reason or "",
        version=ticket.version,
    )


def reply_to_wire(reply: Reply) -> tickets_pb2.TicketReply:
    return tickets_pb2.TicketReply(
        id=str(reply.id),
        author=tickets_pb2.ReplyAuthor.Value(f"REPLY_AUTHOR_{reply.author.name}"),
        author_id=reply.author_id,
        text=reply.text,
        replied_at=timestamp(reply.replied_at),
    )


def answer_to_wire(answer: Answer) -> answers_pb2.Answer:
    return answers_pb2.Answer(
        outcome=answers_pb2.AnswerOutcome.Value(f"ANSWER_OUTCOME_{answer.outcome.name}"),
        text=answer.text,
        faq_entry_id=str(answer.faq_entry_id or ""),
        confidence=answer.confidence,
        ticket=ticket_to_wire(answer.ticket) if answer.ticket else None,
    )


def faq_entry_to_wire(entry: FaqEntry) -> answers_pb2.FaqEntry:
    return answers_pb2.FaqEntry(
        id=str(entry.id),
        external_reference=entry.external_reference,
        question=entry.question,
        paraphrases=entry.paraphrases,
        answer=entry.answer,
    )


def policy_to_wire(policy: SupportPolicy) -> answers_pb2.SupportPolicy:
    return answers_pb2.SupportPolicy(
        version=policy.version,
        first_response_seconds=policy.first_response_seconds,
        faq_confidence=policy.faq_confidence,
        faq_margin=policy.faq_margin,
        service_hours=[
            answers_pb2.ServiceInterval(
                weekday=interval.weekday,
                start_minute=interval.start_minute,
                end_minute=interval.end_minute,
            )
            for interval in policy.service_hours
        ],
        holidays=sorted(day.isoformat() for day in policy.holidays),
    )


def policy_of(message: answers_pb2.SupportPolicy) -> SupportPolicy:
    """Raises InvalidPolicy."""
    try:
        holidays = frozenset(date.fromisoformat(day) for day in message.holidays)
    except ValueError as error:
        raise InvalidPolicy(f"A holiday is not a date: {error}.", "holidays") from error
    return SupportPolicy(
        first_response_seconds=message.first_response_seconds,
        faq_confidence=message.faq_confidence,
        faq_margin=message.faq_margin,
        service_hours=tuple(
            ServiceInterval(interval.weekday, interval.start_minute, interval.end_minute)
            for interval in message.service_hours
        ),
        holidays=holidays,
    )
