from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.ids import new_id
from support.application.change_ticket import open_queued, save_change
from support.application.ports import Texts, UnitOfWork
from support.domain.answering import AnswerOutcome, Decision, decide
from support.domain.events import QuestionAnswered
from support.domain.ticket import HandoverReason, Reply, ReplyAuthor, Ticket

SUBJECT_LENGTH = 50


@dataclass(frozen=True, slots=True)
class AskQuestion:
    """`question_id`: the message's activity id, or a new id."""

    question_id: UUID
    member_id: UUID
    group_id: UUID | None
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    outcome: AnswerOutcome
    text: str
    faq_entry_id: UUID | None
    confidence: float
    ticket: Ticket | None


async def ask_question(uow: UnitOfWork, texts: Texts, question: AskQuestion, now: datetime) -> Answer:
    """Answer by keyword or FAQ, or hand over and open a ticket.

    Whoever has an open ticket talks to its agent: the words go there, and the bot stays silent.
    """
    if ticket := await uow.tickets.open_of_member(question.member_id):
        answer = await _add_to_ticket(uow, texts, question, ticket, now)
    else:
        answer = await _answer(uow, texts, question, now)
    await uow.answers.add(
        question.question_id, question.member_id, answer.outcome, answer.faq_entry_id, answer.confidence, now
    )
    answered = QuestionAnswered(
        question.question_id,
        question.member_id,
        question.group_id,
        answer.outcome,
        answer.text,
        answer.faq_entry_id,
        answer.ticket.id if answer.ticket else None,
    )
    await uow.publish(answered, at=now)
    return answer


async def _answer(uow: UnitOfWork, texts: Texts, question: AskQuestion, now: datetime) -> Answer:
    policy = await uow.policies.current()
    match = (await uow.knowledge.index()).best(question.text)
    decision = decide(question.text, texts.handover_words, await uow.knowledge.keywords(), match, policy)
    confidence = decision.match.confidence if decision.match else 0.0
    match decision:
        case Decision(keyword=keyword) if keyword:
            return Answer(decision.outcome, keyword.answer, None, 1.0, None)
        case Decision(outcome=AnswerOutcome.FAQ, match=found) if found:
            text = await uow.knowledge.faq_answer(found.entry_id)
            return Answer(decision.outcome, text, found.entry_id, confidence, None)
        case _:
            reason = decision.reason or HandoverReason.UNSURE
            ticket, text = await _hand_over(uow, texts, question, reason, now)
            return Answer(decision.outcome, text, None, confidence, ticket)


async def _hand_over(
    uow: UnitOfWork, texts: Texts, question: AskQuestion, reason: HandoverReason, now: datetime
) -> tuple[Ticket, str]:
    ticket = Ticket.open(new_id(), question.member_id, question.group_id, question.text[:SUBJECT_LENGTH], now)
    queued = await open_queued(uow, ticket, reason, now)
    await uow.replies.add(_words(question, ticket, now))
    policy, zone = await uow.policies.current(), await uow.zone()
    if policy.hours.is_open(now, zone):
        return queued, texts.handed_over(policy.first_response_seconds)
    return queued, texts.handed_over_closed()


async def _add_to_ticket(
    uow: UnitOfWork, texts: Texts, question: AskQuestion, ticket: Ticket, now: datetime
) -> Answer:
    heard = ticket.customer_wrote()
    await save_change(uow, ticket, heard, now)
    await uow.replies.add(_words(question, ticket, now))
    return Answer(AnswerOutcome.HANDED_OVER, texts.added_to_ticket(), None, 0.0, heard)


def _words(question: AskQuestion, ticket: Ticket, now: datetime) -> Reply:
    author = str(question.member_id)
    return Reply(new_id(), ticket.id, ReplyAuthor.CUSTOMER, author, question.text, now)
