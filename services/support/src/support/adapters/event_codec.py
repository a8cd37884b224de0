"""Domain events and their wire form."""

from google.protobuf.message import Message

from chassis.timestamps import timestamp
from quanzi.support.v1 import answers_pb2, events_pb2, tickets_pb2
from support.domain import events
from support.domain.events import DomainEvent


def to_message(event: DomainEvent) -> Message:
    match event:
        case events.QuestionAnswered():
            return events_pb2.QuestionAnswered(
                question_id=str(event.question_id),
                member_id=str(event.member_id),
                group_id=str(event.group_id or ""),
                outcome=answers_pb2.AnswerOutcome.Value(f"ANSWER_OUTCOME_{event.outcome.name}"),
                answer_text=event.answer_text,
                faq_entry_id=str(event.faq_entry_id or ""),
                ticket_id=str(event.ticket_id or ""),
            )
        case events.TicketStatusChanged(ticket=ticket):
            return events_pb2.TicketStatusChanged(
                ticket_id=str(ticket.id),
                member_id=str(ticket.member_id),
                group_id=str(ticket.group_id or ""),
                previous_status=tickets_pb2.TicketStatus.Value(f"TICKET_STATUS_{event.previous_status.name}"),
                status=tickets_pb2.TicketStatus.Value(f"TICKET_STATUS_{ticket.status.name}"),
                tier=tickets_pb2.SupportTier.Value(f"SUPPORT_TIER_{ticket.tier.name}"),
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
                author=tickets_pb2.ReplyAuthor.Value(f"REPLY_AUTHOR_{reply.author.name}"),
                text=reply.text,
            )
        case events.FirstResponseBreached(ticket=ticket):
            return events_pb2.FirstResponseBreached(
                ticket_id=str(ticket.id),
                member_id=str(ticket.member_id),
                assignee=ticket.assignee or "",
                due_at=timestamp(event.due_at),
            )
