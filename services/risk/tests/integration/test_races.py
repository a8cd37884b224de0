"""Two consumers, and two moderators, at the same time."""

import asyncio
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from chassis.database import Database
from chassis.ids import new_id
from chassis.paging import PageRequest
from risk.application.appeal_violation import appeal_violation
from risk.application.confirm_moderator_task import confirm_moderator_task
from risk.application.ports import Listing, Transactions
from risk.application.review_violation import review_violation
from risk.domain.errors import ChangedMeanwhile, DomainError
from risk.domain.verdict import RiskCategory

from ..samples import ADVERT, NOW, burst, message
from .conftest import screen

ALL = PageRequest(100)


async def test_strikes_are_numbered_without_gap_or_double(
    sql_transactions: Transactions, tenant_id: UUID
) -> None:
    member_id = new_id()
    batches = [[message(ADVERT, member_id) for _ in range(3)] for _ in range(8)]
    await asyncio.gather(*(screen(sql_transactions, tenant_id, batch) for batch in batches))
    async with sql_transactions(tenant_id) as uow:
        opened = (await uow.violations.page(ALL, Listing(member_ids=[member_id]), None)).items
    assert sorted(violation.strike for violation in opened) == list(range(1, 25))


async def test_the_same_messages_at_two_consumers_are_decided_once(
    sql_transactions: Transactions, tenant_id: UUID, database: Database
) -> None:
    batch = [message(ADVERT), *(message() for _ in range(100))]
    await asyncio.gather(*(screen(sql_transactions, tenant_id, batch) for _ in range(6)))
    async with database.session(tenant_id) as session:
        counted = text("select (select count(*) from decisions), (select count(*) from violations)")
        assert (await session.connection.execute(counted)).one() == (101, 1)


async def test_a_flood_spread_over_consumers_is_one_flood(
    sql_transactions: Transactions, tenant_id: UUID
) -> None:
    flood = burst(30, new_id(), new_id(), NOW - timedelta(minutes=1))
    await asyncio.gather(*(screen(sql_transactions, tenant_id, flood[start::5]) for start in range(5)))
    async with sql_transactions(tenant_id) as uow:
        opened = (await uow.violations.page(ALL, Listing(), None)).items
    assert [violation.category for violation in opened] == [RiskCategory.FLOODING]


async def test_confirming_and_reversing_at_once_leaves_one_of_both(
    sql_transactions: Transactions, tenant_id: UUID, database: Database
) -> None:
    await screen(sql_transactions, tenant_id, [message(ADVERT) for _ in range(20)])
    async with sql_transactions(tenant_id) as uow:
        tasks = (await uow.moderator_tasks.page(ALL, None, None)).items

    async def confirm(task_id: UUID) -> str:
        try:
            async with sql_transactions(tenant_id) as uow:
                await confirm_moderator_task(uow, task_id, "moderator-1", NOW)
        except DomainError as refusal:
            return type(refusal).__name__
        return "confirmed"

    async def reverse(violation_id: UUID) -> str:
        try:
            async with sql_transactions(tenant_id) as uow:
                await review_violation(uow, violation_id, stands=False, now=NOW)
        except DomainError as refusal:
            return type(refusal).__name__
        return "reversed"

    outcomes = await asyncio.gather(
        *(asyncio.gather(confirm(task.id), reverse(task.violation_id)) for task in tasks)
    )
    assert all(("confirmed" in pair) != ("reversed" in pair) for pair in outcomes)
    async with database.session(tenant_id) as session:
        states = await session.connection.execute(
            text("""
                select distinct violations.status, moderator_tasks.status
                from violations join moderator_tasks on violation_id = violations.id
            """)
        )
        handled_and_confirmed, reversed_and_cancelled = (2, 2), (4, 4)
        assert set(map(tuple, states)) <= {handled_and_confirmed, reversed_and_cancelled}


async def test_of_two_appeals_one_is_recorded(sql_transactions: Transactions, tenant_id: UUID) -> None:
    await screen(sql_transactions, tenant_id, [message(ADVERT)])
    async with sql_transactions(tenant_id) as uow:
        (violation,) = (await uow.violations.page(ALL, Listing(), None)).items

    async def appeal(reason: str) -> str | None:
        try:
            async with sql_transactions(tenant_id) as uow:
                read = asyncio.create_task(appeal_violation(uow, violation.id, reason, NOW))
                return (await read).appeal_reason
        except (ChangedMeanwhile, DomainError):
            return None

    reasons = [reason for reason in await asyncio.gather(appeal("甲"), appeal("乙")) if reason]
    assert len(reasons) == 1
    async with sql_transactions(tenant_id) as uow:
        assert (await uow.violations.get(violation.id)).appeal_reason == reasons[0]
