"""What members do that are found to be one person is one person's, until the merge is reversed."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from chassis.database import Database
from chassis.ids import new_id
from chassis.paging import PageRequest
from chassis.testbed.events import hand
from chassis.testbed.tenants import register
from quanzi.segmentation.v1.events_pb2 import MemberMerged, MergeReversed
from risk.adapters.unit_of_work import SqlUnitOfWork
from risk.application.case_ports import CaseListing
from risk.application.open_cases import Opening, open_cases
from risk.application.persons import ids_of_person
from risk.application.ports import Transactions
from risk.domain.case import CaseKind, Evidence
from risk.domain.decision import Message
from risk.domain.verdict import RiskCategory, Verdict
from risk.entrypoints.merges import merges

from ..samples import ADVERT, NOW, burst, message
from .conftest import screen

MERGES = merges(SqlUnitOfWork, lambda: NOW)
MINUTE = timedelta(minutes=1)
COPY = "限时特价进群领取，名额有限，先到先得"


async def strikes(within: Transactions, tenant_id: UUID, members: Sequence[UUID], minutes: int) -> list[int]:
    """Of adverts of these members, in one batch."""
    said = [message(ADVERT, member_id) for member_id in members]
    now = NOW + minutes * MINUTE
    await screen(within, tenant_id, said, now)
    async with within(tenant_id) as uow:
        opened = await uow.violations.of_activities([it.activity_id for it in said])
    by_activity = {it.activity_id: it.strike for it in opened}
    return [by_activity[it.activity_id] for it in said]


async def test_strikes_of_a_person(
    sql_transactions: Transactions, database: Database, tenant_id: UUID
) -> None:
    li, lily, wang = new_id(), new_id(), new_id()
    assert await strikes(sql_transactions, tenant_id, [li, lily, wang], 0) == [1, 1, 1]
    ids = {"member_id": str(li), "merged_member_id": str(lily), "merge_id": str(new_id())}
    await hand(database, MERGES, tenant_id, MemberMerged(**ids), NOW)
    assert await strikes(sql_transactions, tenant_id, [lily, li, wang], 1) == [3, 4, 2]
    await hand(database, MERGES, tenant_id, MergeReversed(**ids), NOW)
    assert await strikes(sql_transactions, tenant_id, [li, lily, wang], 2) == [3, 3, 3]


async def test_cases_of_a_person(sql_transactions: Transactions, database: Database, tenant_id: UUID) -> None:
    """Two strikes of one id lift the waiting case of the other; a case of nobody else moves."""
    li, lily, wang = new_id(), new_id(), new_id()
    await strikes(sql_transactions, tenant_id, [lily, lily, wang], -5)

    async def queue() -> list[tuple[UUID | None, int, int]]:
        async with sql_transactions(tenant_id) as uow:
            listing = CaseListing(kind=CaseKind.PAYMENT_TALK)
            found = (await uow.cases.page(PageRequest(10), listing)).items
        return [(case.member_id, case.strikes, case.risk) for case in found]

    async def of(member_id: UUID) -> set[UUID | None]:
        async with sql_transactions(tenant_id) as uow:
            listing = CaseListing(member_ids=await ids_of_person(uow, member_id))
            return {case.member_id for case in (await uow.cases.page(PageRequest(10), listing)).items}

    def opening(member_id: UUID) -> Opening:
        evidence = Evidence("转给我", Verdict.REVIEW)
        return Opening(CaseKind.PAYMENT_TALK, new_id(), new_id(), member_id, RiskCategory.FRAUD, evidence)

    async with sql_transactions(tenant_id) as uow:
        await open_cases(uow, [opening(li), opening(wang)], NOW)
    apart = [(wang, 1, 55), (li, 0, 50)]
    assert await queue() == apart
    ids = {"member_id": str(li), "merged_member_id": str(lily), "merge_id": str(new_id())}
    await hand(database, MERGES, tenant_id, MemberMerged(**ids), NOW)
    assert await queue() == [(li, 2, 60), (wang, 1, 55)]
    assert await of(lily) == await of(li) >= {li}
    await hand(database, MERGES, tenant_id, MergeReversed(**ids), NOW)
    assert await queue() == apart
    assert li not in await of(lily)


async def test_cases_opened_while_members_are_merged(
    sql_transactions: Transactions, database: Database, tenant_id: UUID
) -> None:
    """Before or after: they count the strikes of the other id."""
    li, lily = new_id(), new_id()
    await strikes(sql_transactions, tenant_id, [lily, lily], -5)
    ids = {"member_id": str(li), "merged_member_id": str(lily), "merge_id": str(new_id())}
    doubtful = [message("做兼职的来", li) for _ in range(20)]
    before, after = (
        [screen(sql_transactions, tenant_id, [it]) for it in part] for part in (doubtful[:10], doubtful[10:])
    )
    await asyncio.gather(*before, hand(database, MERGES, tenant_id, MemberMerged(**ids), NOW), *after)
    async with sql_transactions(tenant_id) as uow:
        listing = CaseListing(member_ids=[li])
        found = (await uow.cases.page(PageRequest(50), listing)).items
    assert [case.strikes for case in found] == [2] * 20


def said_by(first: UUID, second: UUID) -> list[list[Message]]:
    """Batches that one member may not write: 21 stickers, 11 messages in a minute, a text in three groups."""
    group_id, later = new_id(), NOW + timedelta(hours=1)
    stickers = [
        message("[微笑]", member_id, group_id, NOW + number * MINUTE)
        for number, member_id in enumerate([first] * 10 + [second] * 11)
    ]
    floods = [*burst(5, first, group_id, later), *burst(6, second, group_id, later)]
    copies = [message(COPY, member_id, occurred_at=later) for member_id in (first, first, second)]
    return [stickers[:12], stickers[12:], floods[:5], floods[5:], copies[:2], copies[2:]]


async def test_what_is_said_counts_for_a_person(
    sql_transactions: Transactions, database: Database, tenant_id: UUID
) -> None:
    await register(database, tenant_id)
    li, lily = new_id(), new_id()

    async def flagged() -> list[int]:
        """Messages by batch."""
        counts = []
        for batch in said_by(li, lily):
            await screen(sql_transactions, tenant_id, batch)
            async with sql_transactions(tenant_id) as uow:
                decided = await uow.decisions.many([it.activity_id for it in batch])
            counts.append(sum(it.is_flagged for it in decided))
        return counts

    assert await flagged() == [0] * 6
    ids = {"member_id": str(li), "merged_member_id": str(lily), "merge_id": str(new_id())}
    await hand(database, MERGES, tenant_id, MemberMerged(**ids), NOW)
    assert await flagged() == [0, 1, 0, 1, 2, 1], "what was copied before counts as well"
    await hand(database, MERGES, tenant_id, MergeReversed(**ids), NOW)
    assert (await flagged())[:4] == [0] * 4


async def test_many_ids_of_a_person_are_not_many_members(
    sql_transactions: Transactions, database: Database, tenant_id: UUID
) -> None:
    """Of a doubtful text five persons make an advert; three of the first seven ids are one."""
    first, *others = members = [new_id() for _ in range(7)]
    for merged in others[:2]:
        ids = {"member_id": str(first), "merged_member_id": str(merged), "merge_id": str(new_id())}
        await hand(database, MERGES, tenant_id, MemberMerged(**ids), NOW)
    group_id, verdicts = new_id(), []
    for number, member_id in enumerate(members[::-1]):
        sent = message(f"{COPY}，代发", member_id, group_id, NOW + number * MINUTE)
        await screen(sql_transactions, tenant_id, [sent])
        async with sql_transactions(tenant_id) as uow:
            verdicts += [it.screening.verdict for it in await uow.decisions.many([sent.activity_id])]
    assert verdicts == [Verdict.REVIEW] * 4 + [Verdict.BLOCK] * 3
