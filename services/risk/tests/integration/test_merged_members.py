"""What members do that are found to be one person is one person's, until the merge is reversed."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from chassis.database import Database
from chassis.ids import new_id
from chassis.paging import PageRequest
from chassis.testbed.events import hand
from quanzi.segmentation.v1.events_pb2 import MemberMerged, MergeReversed
from risk.adapters.unit_of_work import SqlUnitOfWork
from risk.application.case_ports import CaseListing
from risk.application.open_cases import Opening, open_cases
from risk.application.persons import ids_of_person
from risk.application.ports import Transactions
from risk.domain.case import CaseKind, Evidence
from risk.domain.verdict import RiskCategory, Verdict
from risk.entrypoints.merges import merges

from ..samples import ADVERT, NOW, message
from .conftest import screen

MERGES = merges(SqlUnitOfWork, lambda: NOW)
MINUTE = timedelta(minutes=1)


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
