"""Questions and tickets on a real database: the queue under races, the clock, the walls between tenants."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis import erasures, merged
from chassis.database import Database, transactions
from chassis.ids import derived_id, new_id
from chassis.paging import PageRequest
from chassis.personal_data import PersonalData
from chassis.testbed import tenants
from chassis.testbed.databases import DatabaseFactory, ServiceDatabase
from chassis.testbed.events import hand
from chassis.testbed.personal_data import unlisted
from chassis.timer_loop import TimerLoop
from quanzi.segmentation.v1.events_pb2 import MemberErasureRequested, MemberMerged, MergeReversed
from quanzi.support.v1.events_pb2 import MemberErased
from support.adapters.knowledge import IndexCache
from support.adapters.personal_data import PERSONAL_TABLES
from support.adapters.texts import ChineseTexts
from support.adapters.unit_of_work import SqlUnitOfWork
from support.application.ask_question import Answer, AskQuestion, ask_question
from support.application.assign_ticket import assign_ticket
from support.application.ports import TicketFilter
from support.application.reply_to_ticket import ReplyToTicket, reply_to_ticket
from support.domain.answering import AnswerOutcome, FaqEntry, KeywordReply
from support.domain.errors import NotTheAssignee, QueueEmpty
from support.domain.ticket import SupportTier, Ticket, TicketStatus
from support.entrypoints.timers import TIMERS

InTransaction = Callable[[UUID], AbstractAsyncContextManager[SqlUnitOfWork]]

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)  # 12:00 in Shanghai
TEXTS = ChineseTexts()


class Stage:
    """One tenant's support, driven through its use cases."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.in_transaction: InTransaction = transactions(
            database, partial(SqlUnitOfWork, indexes=IndexCache())
        )
        self.tenant_id = new_id()
        self.now = NOON

    async def learn(self, question: str, answer: str, *paraphrases: str) -> None:
        entry = FaqEntry(
            derived_id(self.tenant_id, "faq-entry", question), question, question, paraphrases, answer
        )
        async with self.in_transaction(self.tenant_id) as uow:
            await uow.knowledge.put_faq([entry])

    async def ask(self, words: str, member_id: UUID | None = None) -> Answer:
        question = AskQuestion(new_id(), member_id or new_id(), None, words)
        async with self.in_transaction(self.tenant_id) as uow:
            return await ask_question(uow, TEXTS, question, self.now)

    async def take(self, agent: str) -> Ticket:
        async with self.in_transaction(self.tenant_id) as uow:
            return await assign_ticket(uow, None, agent, self.now)

    async def reply(self, ticket: Ticket, agent: str, *, wait: bool = False) -> Ticket:
        command = ReplyToTicket(ticket.id, agent, "您好", wait, may_step_in=False)
        async with self.in_transaction(self.tenant_id) as uow:
            return (await reply_to_ticket(uow, command, self.now))[0]

    async def ticket(self, ticket_id: UUID) -> Ticket:
        async with self.in_transaction(self.tenant_id) as uow:
            [found] = await uow.tickets.many([ticket_id])
        return found

    async def pass_time(self, until: datetime) -> None:
        self.now = until
        while await TimerLoop(self.database, self.in_transaction, TIMERS, lambda: self.now).fire_due():
            pass

    async def events(self) -> Counter[str]:
        async with self.database.session(self.tenant_id) as session:
            return Counter((await session.connection.execute(text("select type from outbox"))).scalars())


@pytest.fixture(scope="module")
def support_database(service_database: DatabaseFactory) -> ServiceDatabase:
    return service_database("support")


@pytest.fixture
async def stage(support_database: ServiceDatabase) -> AsyncIterator[Stage]:
    database = Database.connect(support_database.url, "support", pool_size=8)
    stage = Stage(database)
    await tenants.register(database, stage.tenant_id)
    yield stage
    await database.dispose()


async def test_the_bot_answers_what_it_knows(stage: Stage) -> None:
    await stage.learn("什么时候发货", "48 小时内发货", "下单后多久能发货")
    await stage.learn("门店几点开门", "早上十点")
    async with stage.in_transaction(stage.tenant_id) as uow:
        await uow.knowledge.put_keywords([KeywordReply("会员日", "每月 8 号")])
    known = await stage.ask("请问什么时候发货")
    assert (known.outcome, known.text) == (AnswerOutcome.FAQ, "48 小时内发货")
    assert (await stage.ask("会员日是哪天")).text == "每月 8 号"
    await stage.learn("什么时候发货", "24 小时内发货")
    assert (await stage.ask("什么时候发货")).text == "24 小时内发货", "a change is live at once"
    assert (await stage.events()) == {"quanzi.support.question.answered.v1": 3}


async def test_a_complaint_becomes_a_ticket_for_experts_and_breaches_once(stage: Stage) -> None:
    answer = await stage.ask("我要投诉你们")
    assert answer.ticket is not None
    assert (answer.ticket.tier, answer.ticket.status) == (SupportTier.EXPERT, TicketStatus.QUEUED)
    assert answer.ticket.first_response_due_at == NOON + timedelta(minutes=3)
    await stage.pass_time(NOON + timedelta(minutes=2, seconds=59))
    assert not (await stage.ticket(answer.ticket.id)).first_response_breached
    await stage.pass_time(NOON + timedelta(minutes=3))
    await stage.pass_time(NOON + timedelta(hours=1))
    assert (await stage.ticket(answer.ticket.id)).first_response_breached
    assert (await stage.events())["quanzi.support.ticket.first_response_breached.v1"] == 1


async def test_an_answer_in_time_stops_the_clock(stage: Stage) -> None:
    await stage.ask("转人工")
    ticket = await stage.take("lina")
    with pytest.raises(NotTheAssignee):
        await stage.reply(ticket, "somebody else")
    stage.now = NOON + timedelta(minutes=2)
    await stage.reply(ticket, "lina", wait=True)
    await stage.pass_time(NOON + timedelta(days=1))
    after = await stage.ticket(ticket.id)
    assert (after.status, after.first_response_breached) == (TicketStatus.WAITING_ON_CUSTOMER, False)
    assert "quanzi.support.ticket.first_response_breached.v1" not in await stage.events()


async def test_whoever_has_a_ticket_talks_to_its_agent(stage: Stage) -> None:
    await stage.learn("什么时候发货", "48 小时内发货")
    member = new_id()
    first = await stage.ask("转人工", member)
    assert first.ticket is not None
    await stage.reply(await stage.take("lina"), "lina", wait=True)
    second = await stage.ask("什么时候发货", member)
    assert second.ticket is not None
    assert (second.ticket.id, second.ticket.status) == (first.ticket.id, TicketStatus.ASSIGNED)
    async with stage.in_transaction(stage.tenant_id) as uow:
        replies = await uow.replies.of_tickets([first.ticket.id])
    assert [reply.text for reply in replies] == ["转人工", "您好", "什么时候发货"]


async def test_ten_agents_take_ten_different_tickets_oldest_first(stage: Stage) -> None:
    asked = []
    for minute in range(10):
        stage.now = NOON + timedelta(minutes=minute)
        answer = await stage.ask("转人工")
        assert answer.ticket is not None
        asked.append(answer.ticket.id)
    first = await stage.take("agent-0")
    assert first.id == asked[0]
    others = await asyncio.gather(*(stage.take(f"agent-{number}") for number in range(1, 10)))
    assert {ticket.id for ticket in others} == set(asked[1:])
    with pytest.raises(QueueEmpty):
        await stage.take("late")


async def test_another_tenant_sees_nothing(stage: Stage) -> None:
    answer = await stage.ask("转人工")
    assert answer.ticket is not None
    async with stage.in_transaction(new_id()) as foreign:
        assert await foreign.tickets.many([answer.ticket.id]) == []
        assert (await foreign.tickets.page(PageRequest(100), TicketFilter())).items == []
        assert await foreign.tickets.open_of_members([answer.ticket.member_id]) == []


async def test_members_that_were_merged_talk_to_one_agent(stage: Stage) -> None:
    li, lily = new_id(), new_id()
    asked = await stage.ask("转人工", li)
    assert asked.ticket
    ids = {"member_id": str(lily), "merged_member_id": str(li), "merge_id": str(new_id())}
    merges = merged.subscription("support", MemberMerged, MergeReversed)
    await hand(stage.database, merges, stage.tenant_id, MemberMerged(**ids), NOON)
    more = await stage.ask("还在吗", lily)
    assert more.ticket
    assert more.ticket.id == asked.ticket.id
    await hand(stage.database, merges, stage.tenant_id, MergeReversed(**ids), NOON)
    apart = await stage.ask("转人工", lily)
    assert apart.ticket
    assert apart.ticket.id != asked.ticket.id


async def test_every_table_with_a_member_is_listed(stage: Stage) -> None:
    assert await unlisted(stage.database, PERSONAL_TABLES, "member") == set()


async def test_erased(stage: Stage) -> None:
    member_id = new_id()
    await stage.ask("我要投诉蕾蕾事件", member_id)
    ticket = await stage.take("agent-1")
    await stage.reply(ticket, "agent-1")
    await stage.ask("蕾蕾还在等", member_id)
    other = await stage.ask("我要投诉别的事", new_id())
    async with stage.database.session(stage.tenant_id) as session:
        kept = [row async for row in PersonalData(session, PERSONAL_TABLES).rows(member_id)]
    assert [table for table, _ in kept] == ["ticket_replies"] * 3 + ["tickets"] + ["answers"] * 2
    assert json.loads(kept[3][1])["subject"] == "我要投诉蕾蕾事件"

    erasing = erasures.subscription(
        "support", MemberErasureRequested, MemberErased, PERSONAL_TABLES, lambda: NOON
    )
    asked = MemberErasureRequested(erasure_id=str(new_id()), member_id=str(member_id))
    await hand(stage.database, erasing, stage.tenant_id, asked, NOON)
    async with stage.database.session(stage.tenant_id) as session:
        for table in ("tickets", "ticket_replies", "answers", "idempotency_keys"):
            stored = text(f"select cast(to_jsonb(it) as text) from {table} it")  # noqa: S608
            for row in (await session.connection.execute(stored)).scalars():
                assert str(member_id) not in row
                assert "蕾蕾" not in row
    closed = await stage.ticket(ticket.id)
    assert (closed.status, closed.subject, closed.assignee) == (TicketStatus.CLOSED, "", "agent-1")
    await stage.pass_time(NOON + timedelta(days=2))
    assert other.ticket
    assert (await stage.ticket(other.ticket.id)).subject == "我要投诉别的事"
