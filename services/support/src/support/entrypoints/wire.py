"""Domain values as the messages of proto/quanzi/support/v1, and back."""

from datetime import date

from chassis.timestamps import optional_timestamp, timestamp
from quanzi.support.v1 import answers_pb2, tickets_pb2
from support.application.ask_question import Answer
from support.domain.answering import FaqEntry
from support.domain.errors import InvalidPolicy
from support.domain.policy import SupportPolicy
from support.domain.service_hours import ServiceInterval
from support.domain.ticket import Reply, Ticket
from support.enums import ANSWER_OUTCOMES, REPLY_AUTHORS, SUPPORT_TIERS, TICKET_STATUSES


def ticket_to_wire(ticket: Ticket) -> tickets_pb2.Ticket:
    return tickets_pb2.Ticket(
        id=str(ticket.id),
        member_id=str(ticket.member_id),
        group_id=str(ticket.group_id or ""),
        status=TICKET_STATUSES.number(ticket.status),
        tier=SUPPORT_TIERS.number(ticket.tier),
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
        author=REPLY_AUTHORS.number(reply.author),
        author_id=reply.author_id,
        text=reply.text,
        replied_at=timestamp(reply.replied_at),
    )


def answer_to_wire(answer: Answer) -> answers_pb2.Answer:
    return answers_pb2.Answer(
        outcome=ANSWER_OUTCOMES.number(answer.outcome),
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
