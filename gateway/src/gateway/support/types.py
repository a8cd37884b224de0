"""Tickets, answers and the bot's knowledge as the graph shows them."""

from datetime import datetime
from enum import Enum
from typing import Self

import strawberry

from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import Node, global_id
from gateway.segmentation.groups import Group
from gateway.segmentation.members import Member
from gateway.values import by_number, moment, optional_moment
from quanzi.support.v1 import answers_pb2, tickets_pb2


@strawberry.enum(description="States of a ticket (工单).")
class TicketStatus(Enum):
    NEW = strawberry.enum_value(tickets_pb2.TICKET_STATUS_NEW, description="Just opened.")
    BOT = strawberry.enum_value(tickets_pb2.TICKET_STATUS_BOT, description="With the bot (智能客服).")
    QUEUED = strawberry.enum_value(
        tickets_pb2.TICKET_STATUS_QUEUED, description="Waits for an agent (排队中)."
    )
    ASSIGNED = strawberry.enum_value(
        tickets_pb2.TICKET_STATUS_ASSIGNED, description="With an agent (处理中)."
    )
    WAITING_ON_CUSTOMER = strawberry.enum_value(
        tickets_pb2.TICKET_STATUS_WAITING_ON_CUSTOMER,
        description="Waits for the customer; clocks stand (待客户回复).",
    )
    RESOLVED = strawberry.enum_value(
        tickets_pb2.TICKET_STATUS_RESOLVED, description="Answered for good (已解决)."
    )
    CLOSED = strawberry.enum_value(tickets_pb2.TICKET_STATUS_CLOSED, description="Over (已关闭).")
    REOPENED = strawberry.enum_value(
        tickets_pb2.TICKET_STATUS_REOPENED, description="Taken up again (重新打开)."
    )


@strawberry.enum(description="The three tiers of support (三级响应).")
class SupportTier(Enum):
    BOT = strawberry.enum_value(tickets_pb2.SUPPORT_TIER_BOT, description="智能客服")
    DUTY = strawberry.enum_value(tickets_pb2.SUPPORT_TIER_DUTY, description="值班客服")
    EXPERT = strawberry.enum_value(tickets_pb2.SUPPORT_TIER_EXPERT, description="专家坐席")


@strawberry.enum(description="Who wrote a reply.")
class ReplyAuthor(Enum):
    CUSTOMER = strawberry.enum_value(tickets_pb2.REPLY_AUTHOR_CUSTOMER, description="The customer.")
    BOT = strawberry.enum_value(tickets_pb2.REPLY_AUTHOR_BOT, description="The bot.")
    AGENT = strawberry.enum_value(tickets_pb2.REPLY_AUTHOR_AGENT, description="A person.")


@strawberry.enum(description="How a question was dealt with.")
class AnswerOutcome(Enum):
    KEYWORD = strawberry.enum_value(
        answers_pb2.ANSWER_OUTCOME_KEYWORD, description="A keyword had its fixed answer (关键词回复)."
    )
    FAQ = strawberry.enum_value(
        answers_pb2.ANSWER_OUTCOME_FAQ, description="The FAQ had an answer (常见问题)."
    )
    HANDED_OVER = strawberry.enum_value(
        answers_pb2.ANSWER_OUTCOME_HANDED_OVER, description="A ticket was opened for a person (转人工)."
    )


TICKET_STATUSES = by_number(TicketStatus)
SUPPORT_TIERS = by_number(SupportTier)
REPLY_AUTHORS = by_number(ReplyAuthor)
ANSWER_OUTCOMES = by_number(AnswerOutcome)


@strawberry.type(description="One message of a ticket.")
class TicketReply:
    author: ReplyAuthor = strawberry.field(description="Who wrote it.")
    author_id: str = strawberry.field(description="Staff subject or member id; empty for the bot.")
    text: str = strawberry.field(description="What it says.")
    replied_at: datetime = strawberry.field(description="When.")

    @classmethod
    def of(cls, reply: tickets_pb2.TicketReply) -> Self:
        return cls(
            author=REPLY_AUTHORS[reply.author],
            author_id=reply.author_id,
            text=reply.text,
            replied_at=moment(reply.replied_at),
        )


@strawberry.type(description="A customer's matter (工单).")
class Ticket(Node):
    status: TicketStatus = strawberry.field(description="State.")
    tier: SupportTier = strawberry.field(description="Who deals with it.")
    subject: str = strawberry.field(description="What it is about.")
    assignee: str | None = strawberry.field(description="Staff subject of the agent; null while queued.")
    opened_at: datetime = strawberry.field(description="When it was opened.")
    first_response_due_at: datetime | None = strawberry.field(
        description="When the first response is due, in service hours (首次响应时限); null once given."
    )
    first_responded_at: datetime | None = strawberry.field(description="When a person first answered.")
    first_response_breached: bool = strawberry.field(description="The first response is or was late (超时).")
    resolved_at: datetime | None = strawberry.field(description="When it was resolved.")
    handover_reason: str | None = strawberry.field(
        description="Why people deal with it: COMPLAINT, PAYMENT, UNSURE, ASKED_FOR_PERSON."
    )
    version: int = strawberry.field(description="Counts state changes.")
    message: strawberry.Private[tickets_pb2.Ticket]

    @resolved("The customer.")
    async def member(self, info: Info) -> Member | None:
        return await info.context.loaders.segmentation.member(self.message.member_id)

    @resolved("The group it came from; null outside groups.")
    async def group(self, info: Info) -> Group | None:
        return await info.context.loaders.segmentation.group(self.message.group_id)

    @resolved("What was written, oldest first.")
    async def replies(self, info: Info) -> list[TicketReply] | None:
        return await info.context.loaders.support.replies.load(self.message.id)

    @classmethod
    def of(cls, ticket: tickets_pb2.Ticket) -> Self:
        return cls(
            id=global_id("Ticket", ticket.id),
            status=TICKET_STATUSES[ticket.status],
            tier=SUPPORT_TIERS[ticket.tier],
            subject=ticket.subject,
            assignee=ticket.assignee or None,
            opened_at=moment(ticket.opened_at),
            first_response_due_at=optional_moment(ticket.first_response_due_at),
            first_responded_at=optional_moment(ticket.first_responded_at),
            first_response_breached=ticket.first_response_breached,
            resolved_at=optional_moment(ticket.resolved_at),
            handover_reason=ticket.handover_reason or None,
            version=ticket.version,
            message=ticket,
        )


@strawberry.type(description="A question and what became of it.")
class Answer:
    outcome: AnswerOutcome = strawberry.field(description="How it was dealt with.")
    text: str = strawberry.field(description="What the customer gets to read.")
    confidence: float = strawberry.field(description="How sure the bot was, 0 to 1.")
    ticket: Ticket | None = strawberry.field(description="The ticket opened at handover.")
    answered_at: datetime = strawberry.field(description="When.")

    @classmethod
    def of(cls, answer: answers_pb2.Answer) -> Self:
        return cls(
            outcome=ANSWER_OUTCOMES[answer.outcome],
            text=answer.text,
            confidence=answer.confidence,
            ticket=Ticket.of(answer.ticket) if answer.HasField("ticket") else None,
            answered_at=moment(answer.answered_at),
        )


@strawberry.type(description="A frequently asked question (常见问题) with its answer.")
class FaqEntry:
    external_reference: str = strawberry.field(description="Unique in the tenant.")
    question: str = strawberry.field(description="The question.")
    paraphrases: list[str] = strawberry.field(description="Other ways to ask the same.")
    answer: str = strawberry.field(description="The answer.")

    @classmethod
    def of(cls, entry: answers_pb2.FaqEntry) -> Self:
        return cls(
            external_reference=entry.external_reference,
            question=entry.question,
            paraphrases=list(entry.paraphrases),
            answer=entry.answer,
        )


@strawberry.type(description="Service hours on one weekday.")
class ServiceInterval:
    weekday: int = strawberry.field(description="1 = Monday … 7 = Sunday.")
    start_minute: int = strawberry.field(description="Minute of the local day, from 0.")
    end_minute: int = strawberry.field(description="Minute of the local day, up to 1440 (24:00).")

    @classmethod
    def of(cls, interval: answers_pb2.ServiceInterval) -> Self:
        return cls(
            weekday=interval.weekday, start_minute=interval.start_minute, end_minute=interval.end_minute
        )


@strawberry.type(description="Rules of support; every change makes a new version.")
class SupportPolicy:
    version: int = strawberry.field(description="Counts changes.")
    first_response_seconds: int = strawberry.field(
        description="First response is due after this service time."
    )
    faq_confidence: float = strawberry.field(description="The bot answers from this confidence on, 0 to 1.")
    faq_margin: float = strawberry.field(
        description="And only if no other entry comes within this of the best, 0 to 1."
    )
    service_hours: list[ServiceInterval] = strawberry.field(description="Service hours (服务时间).")
    holidays: list[str] = strawberry.field(description="Local dates without service, YYYY-MM-DD.")

    @classmethod
    def of(cls, policy: answers_pb2.SupportPolicy) -> Self:
        return cls(
            version=policy.version,
            first_response_seconds=policy.first_response_seconds,
            faq_confidence=policy.faq_confidence,
            faq_margin=policy.faq_margin,
            service_hours=[ServiceInterval.of(interval) for interval in policy.service_hours],
            holidays=list(policy.holidays),
        )
