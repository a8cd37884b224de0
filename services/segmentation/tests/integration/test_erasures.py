"""Members are erased: nothing says whose it was, what groups count stays, old news brings nobody back."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from nats.js import JetStreamContext
from sqlalchemy import text

from chassis.database import Database
from chassis.ids import new_id
from chassis.testbed.personal_data import unlisted
from quanzi.privacy.v1.privacy_pb2 import ExportPersonalDataRequest
from quanzi.privacy.v1.privacy_pb2_grpc import PersonalDataServiceStub
from quanzi.segmentation.v1 import erasures_pb2 as wire
from quanzi.segmentation.v1.erasures_pb2_grpc import ErasureServiceStub
from segmentation.adapters.personal_data import PERSONAL_TABLES
from segmentation.application.erase_member import DISCARD_FILE, EraseMember, erase_member
from segmentation.application.merge_members import MergeMembers, merge_members
from segmentation.application.ports import Transactions
from segmentation.application.record_activities import record_activities
from segmentation.application.record_erasure_receipt import record_erasure_receipt
from segmentation.application.record_happenings import record_happenings
from segmentation.application.request_erasure import request_erasure
from segmentation.application.tag_member import TagMember, tag_member
from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.conditions import ActivitiesTest, IntRange
from segmentation.domain.erasure import SERVICES, Erasure, ErasureReceipt, ErasureStatus
from segmentation.domain.errors import MemberNotFound
from segmentation.domain.operation import ExportFormat, MemberExport
from segmentation.domain.timeline import Happening, TimelineKind

from ..samples import NOW, Act, Brand, days
from .door import Door, as_caller, refusal
from .exporting import Desk
from .segmenting import created, members

NewBrand = Callable[[], Awaitable[Brand]]
STORY = (
    Act(Kind.JOINED, "li", days(40), invited_by="zhao", name="李雷"),
    Act(Kind.JOINED, "wang", days(30), invited_by="li", name="王芳"),
    Act(Kind.MESSAGE, "li", days(3), name="李雷"),
    Act(Kind.SHARE, "li", days(2)),
    Act(Kind.ORDER_PAID, "li", days(2), order="o-1", amount_minor=650_000),
    Act(Kind.MESSAGE, "wang", days(1)),
)
ERASED_AT = NOW + timedelta(hours=1)
FIGURES = (
    "select local_date, messages, interactions, shares, orders, net_spend_minor from daily_facts order by 1",
    "select count(distinct member_id), count(distinct invited_by_id) from memberships",
    "select kind, count(*), count(distinct member_id) from activities where kind <> 2 group by 1 order by 1",
    "select paid_minor, refunded_minor from orders",
)


class Story:
    def __init__(self, brand: Brand, database: Database, within: Transactions) -> None:
        self.brand, self.database, self._within = brand, database, within

    async def record(self, *acts: Act) -> None:
        async with self._within(self.brand.tenant_id) as uow:
            await record_activities(uow, self.brand.columns(*acts), NOW)

    async def request(self, member: str = "li") -> Erasure:
        async with self._within(self.brand.tenant_id) as uow:
            return await request_erasure(uow, self.brand.member(member), "本人申请", "admin-1", ERASED_AT)

    async def erase(self, erasure: Erasure) -> None:
        command = EraseMember(erasure.id, erasure.member_id, erasure.merged_member_ids)
        async with self._within(self.brand.tenant_id) as uow:
            await erase_member(uow, command, ERASED_AT)

    async def erasure(self, erasure_id: UUID) -> Erasure:
        async with self._within(self.brand.tenant_id) as uow:
            [erasure] = await uow.erasures.by_ids([erasure_id])
        return erasure

    async def rows(self, statement: str) -> list[tuple[Any, ...]]:
        async with self.database.session(self.brand.tenant_id) as session:
            return [tuple(row) for row in await session.connection.execute(text(statement))]

    async def figures(self) -> list[list[tuple[Any, ...]]]:
        return [await self.rows(statement) for statement in FIGURES]

    async def mentions(self, *words: str) -> set[str]:
        """Tables of the tenant in which a word stands anywhere, but for events on their way out."""
        tables = await self.rows("""
            select distinct table_name from information_schema.columns
            where table_schema = 'segmentation' and column_name = 'tenant_id' and table_name <> 'outbox'
        """)
        found = set()
        for (table,) in tables:
            stored = await self.rows(f"select cast(to_jsonb(it) as text) from {table} it")  # noqa: S608
            if any(word in row or word.encode().hex() in row for (row,) in stored for word in words):
                found.add(table)
        return found


@pytest.fixture
async def story(brand: Brand, database: Database, in_transaction: Transactions) -> Story:
    story = Story(brand, database, in_transaction)
    await story.record(*STORY)
    return story


async def test_every_table_with_a_member_is_listed(database: Database) -> None:
    assert await unlisted(database, PERSONAL_TABLES, "member|invited_by_id|origin_id") == set()


async def test_nothing_says_whose_it_was_and_figures_stay(story: Story, in_transaction: Transactions) -> None:
    member_id = story.brand.member("li")
    async with in_transaction(story.brand.tenant_id) as uow:
        await tag_member(uow, TagMember(member_id, ["妈妈"], []), NOW)
    before = await story.figures()
    await story.erase(await story.request())
    assert await story.mentions("李雷", '"li"', "妈妈") == set()
    assert await story.mentions(str(member_id)) == {"erasures", "erased_subjects"}
    assert await story.figures() == before
    ended = "select left_at from memberships where left_at is not null"
    assert await story.rows(ended) == [(ERASED_AT,)]
    async with in_transaction(story.brand.tenant_id) as uow:
        await uow.memberships.rebuild_all()
    assert await story.rows(ended) == [(ERASED_AT,)]


async def test_segments_are_one_smaller(story: Story, in_transaction: Transactions) -> None:
    segment = await created(
        in_transaction, story.brand, ActivitiesTest((Kind.MESSAGE,), 7, None, IntRange(min=1))
    )
    await story.erase(await story.request())
    assert await members(in_transaction, story.brand, segment) == {story.brand.member("wang")}
    assert await story.mentions(str(story.brand.member("li"))) == {"erasures", "erased_subjects"}


async def test_other_members_are_left_alone(story: Story) -> None:
    await story.erase(await story.request())
    assert await story.rows("select external_reference, display_name from members") == [("wang", "王芳")]


async def test_old_news_does_not_bring_anybody_back(story: Story, in_transaction: Transactions) -> None:
    await story.erase(await story.request())
    before = await story.figures()
    older = Act(Kind.MESSAGE, "li", days(20), name="李雷")
    await story.record(*STORY, older)
    assert await story.mentions("李雷", '"li"') == set()
    assert await story.figures() == before
    await story.record(Act(Kind.JOINED, "chen", days(9), invited_by="li"))
    member_id = story.brand.member("li")
    told = Happening(new_id(), member_id, TimelineKind.TICKET, NOW, str(new_id()), "QUEUED")
    async with in_transaction(story.brand.tenant_id) as uow:
        await record_happenings(uow, [told])
    assert await story.mentions(str(story.brand.member("li"))) == {"erasures", "erased_subjects"}


async def test_who_comes_again_is_a_new_member(story: Story) -> None:
    await story.erase(await story.request())
    await story.record(Act(Kind.MESSAGE, "li", -timedelta(hours=2), name="李雷"))
    assert len(await story.rows("select 1 from members where external_reference = 'li'")) == 1
    assert (await story.request()).status is ErasureStatus.RUNNING


async def test_one_erasure_at_a_time(story: Story) -> None:
    first, second = await asyncio.gather(story.request(), story.request())
    assert first == second
    with pytest.raises(MemberNotFound):
        await story.request("nobody")


async def test_nobody_slips_in_while_an_erasure_is_asked_for(story: Story) -> None:
    """A batch that began before is waited for; one that begins after leaves the member out."""
    acts = [[Act(Kind.MESSAGE, "li", days(number)) for number in range(20)] for _ in range(10)]
    recording = [asyncio.create_task(story.record(*batch)) for batch in acts]
    erasure = await story.request()
    await story.erase(erasure)
    await asyncio.gather(*recording)
    assert await story.mentions("李雷", '"li"') == set()
    assert await story.mentions(str(story.brand.member("li"))) == {"erasures", "erased_subjects"}


async def test_merged_members_are_erased_together(story: Story, in_transaction: Transactions) -> None:
    into, merged = story.brand.member("li"), story.brand.member("wang")
    async with in_transaction(story.brand.tenant_id) as uow:
        await merge_members(uow, MergeMembers(into, merged, "同一人", "admin-1"), NOW)
    erasure = await story.request()
    assert erasure.merged_member_ids == (merged,)
    await story.erase(erasure)
    assert await story.mentions("李雷", "王芳") == set()
    assert await story.mentions(str(into), str(merged)) == {"erasures", "erased_subjects"}


async def test_it_is_complete_when_all_have_reported_once(story: Story, in_transaction: Transactions) -> None:
    erasure = await story.request()

    async def report(service: str) -> None:
        receipt = ErasureReceipt(service, {"decisions": 3}, ERASED_AT)
        async with in_transaction(story.brand.tenant_id) as uow:
            await record_erasure_receipt(uow, erasure.id, receipt, ERASED_AT)

    await asyncio.gather(*(report(service) for service in (*SERVICES[1:], SERVICES[1])))
    assert (await story.erasure(erasure.id)).waiting_for == [SERVICES[0]]
    await asyncio.gather(*(report(SERVICES[0]) for _ in range(3)))
    complete = await story.erasure(erasure.id)
    assert complete.completed_at == ERASED_AT
    assert [receipt.service for receipt in complete.receipts] == list(SERVICES)
    completed = "select 1 from outbox where type like '%erasure_completed%'"
    assert len(await story.rows(completed)) == 1


async def test_files_about_the_member_go_too(
    story: Story, in_transaction: Transactions, jetstream: JetStreamContext
) -> None:
    desk = Desk(story.brand, story.database, in_transaction, jetstream._nc)
    wanted = MemberExport(story.brand.member("li"))
    operation = await desk.run(await desk.start(wanted, ExportFormat.NDJSON))
    await story.erase(await story.request())
    timers = await story.rows(f"select key, payload from timers where kind = '{DISCARD_FILE}'")  # noqa: S608
    assert timers == [(operation.stored_as, {"size": operation.bytes})]
    assert await story.rows("select 1 from operations") == []


async def test_the_door(door: Door, story: Story, new_brand: NewBrand) -> None:
    erasures, personal_data = ErasureServiceStub(door.channel), PersonalDataServiceStub(door.channel)
    member_id = str(story.brand.member("li"))
    asked = wire.RequestErasureRequest(member_id=member_id, reason="本人申请")

    async def kept() -> set[str]:
        answers = personal_data.ExportPersonalData(ExportPersonalDataRequest(member_id=member_id))
        return {answer.table async for answer in answers}

    with as_caller(story.brand, "service"):
        assert "members" in await kept()
    with as_caller(story.brand, "admin"):
        assert (await refusal(kept()))[0] == "NOT_ALLOWED"
        erasure = (await erasures.RequestErasure(asked)).erasure
        assert set(erasure.waiting_for) <= set(SERVICES)
        missing = wire.RequestErasureRequest(member_id=str(new_id()), reason="本人申请")
        assert await refusal(erasures.RequestErasure(missing)) == ("MEMBER_NOT_FOUND", "member_id")
    with as_caller(story.brand, "operator"):
        assert (await refusal(erasures.RequestErasure(asked)))[0] == "NOT_ALLOWED"
    with as_caller(await new_brand(), "admin"):
        known = await erasures.BatchGetErasures(wire.BatchGetErasuresRequest(ids=[erasure.id]))
        assert not known.erasures
    with as_caller(await new_brand(), "service"):
        assert await kept() == set()
