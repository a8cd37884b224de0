"""Domain events and their wire form."""

from google.protobuf.message import Message

from chassis.timestamps import timestamp
from quanzi.support.v1 import events_pb2
from support.domain import events
from support.domain.events import DomainEvent
from support.enums import ANSWER_OUTCOMES, REPLY_AUTHORS, SUPPORT_TIERS, TICKET_STATUSES


def to_message(event: DomainEvent) -> Message:
    match event:
        case events.QuestionAnswered():
            return events_pb2.QuestionAnswered(
                question_id=str(event.question_id),
                member_id=str(event.member_id),
                group_id=str(event.group_id or ""),
                outcome=ANSWER_OUTCOMES.number(event.outcome),
                answer_text=event.answer_text,
                faq_entry_id=str(event.faq_entry_id or ""),
                ticket_id=str(event.ticket_id or ""),
            )
        case events.TicketStatusChanged(ticket=ticket):
            return events_pb2.TicketStatusChanged(
                ticket_id=str(ticket.id),
                member_id=str(ticket.member_id),
                group_id=str(ticket.group_id or ""),
                previous_status=TICKET_STATUSES.number(event.previous_status),
                status=TICKET_STATUSES.number(ticket.status),
                tier=SUPPORT_TIERS.number(ticket.tier),
                assignee=ticket.assignee or "",
                version=ticket.version,
                changed_at=timestamp(event.changed_at),
            )
        case events.TicketReplied(ticket=ticket, reply=reply):
            return events_pb2.TicketReplied(
                ticket_id=str(ticket.id),
                reply_id=str(reply.id),
                member_id=str(ticket.member_id),
                group_id=str(ticket.group_id or ""),
                author=REPLY_AUTHORS.number(reply.author),
                text=reply.text,
            )
        case events.FirstResponseBreached(ticket=ticket):
            return events_pb2.FirstResponseBreached(
                ticket_id=str(ticket.id),
                member_id=str(ticket.member_id),
                assignee=ticket.assignee or "",
                due_at=timestamp(event.due_at),
            )
