"""The vocabularies of support and those of the contract."""

from chassis.enums import WireEnum
from quanzi.support.v1 import answers_pb2, tickets_pb2
from support.domain.answering import AnswerOutcome
from support.domain.ticket import ReplyAuthor, SupportTier, TicketStatus

ANSWER_OUTCOMES = WireEnum(AnswerOutcome, answers_pb2.AnswerOutcome)
REPLY_AUTHORS = WireEnum(ReplyAuthor, tickets_pb2.ReplyAuthor)
SUPPORT_TIERS = WireEnum(SupportTier, tickets_pb2.SupportTier)
TICKET_STATUSES = WireEnum(TicketStatus, tickets_pb2.TicketStatus)
