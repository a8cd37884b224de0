"""Rules under many consumers and moderators at the same time."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from chassis.database import Database
from chassis.ids import new_id
from chassis.paging import PageRequest
from chassis.testbed.tenants import register
from risk.adapters.instructions import ChineseInstructions
from risk.application.award_points import reward_acts
from risk.application.decide_appeal import decide_appeal
from risk.application.ports import Listing, Transactions
from risk.application.read_points import point_balances
from risk.application.reverse_act import reverse_act
from risk.application.update_rule_set import update_rule_set
from risk.domain.activity_kind import ActivityKind
from risk.domain.errors import ChangedMeanwhile, DomainError, StaleVersion
from risk.domain.points import Act
from risk.domain.rule_set import RuleSet
from risk.domain.rules import MandatoryRule
from risk.domain.verdict import RiskCategory, Verdict

from ..samples import ADVERT, NOW, message
from .conftest import screen

ALL = PageRequest(100)
MEMBER, GROUP = new_id(), new_id()
ADVERTS = MandatoryRule("ads", "广告", (RiskCategory.ADVERT,), points=7)


@pytest.fixture
async def transactions(sql_transactions: Transactions, database: Database, tenant_id: UUID) -> Transactions:
    await register(database, tenant_id)
    return sql_transactions


async def test_quotas_are_exact(transactions: Transactions, tenant_id: UUID) -> None:
    greetings = [message(f"新年快乐{n}", MEMBER, GROUP, NOW - timedelta(minutes=n)) for n in range(24)]
    await asyncio.gather(*(screen(transactions, tenant_id, greetings[start::6]) for start in range(6)))
    async with transactions(tenant_id) as uow:
        opened = (await uow.violations.page(ALL, Listing(), None)).items
        blocked = (await uow.decisions.page(ALL, Listing(), Verdict.BLOCK)).items
    assert [violation.rule for violation in opened] == ["holiday_greetings"]
    assert len(blocked) == len(greetings) - 3


async def test_limits_of_points_are_exact_and_acts_count_once(
    transactions: Transactions, tenant_id: UUID, database: Database
) -> None:
    likes = [Act(new_id(), MEMBER, GROUP, ActivityKind.LIKE, NOW) for _ in range(30)]
    posts = [replace(message(f"好用{n}", MEMBER, GROUP), kind=ActivityKind.UGC) for n in range(9)]

    async def like(acts: Sequence[Act]) -> None:
        async with transactions(tenant_id) as uow:
            await reward_acts(uow, acts, NOW)

    await asyncio.gather(
        *(like(likes[start : start + 10]) for start in (0, 5, 10, 15, 20, 0)),
        *(screen(transactions, tenant_id, posts[start::3]) for start in (0, 1, 2, 0)),
    )
    async with transactions(tenant_id) as uow:
        assert await point_balances(uow, [MEMBER]) == {MEMBER: 10 * 1 + 3 * 10}
    async with database.session(tenant_id) as session:
        said = text("select count(*) from outbox where subject like '%points_awarded%'")
        assert (await session.connection.execute(said)).scalar_one() == 13


async def test_one_violation_for_breaches_that_belong_together(
    transactions: Transactions, tenant_id: UUID
) -> None:
    async with transactions(tenant_id) as uow:
        once = replace(ADVERTS, once_within_minutes=60)
        await update_rule_set(uow, RuleSet(0, (once,)), 0, "ann", NOW)
    said = [message(ADVERT, MEMBER, GROUP) for _ in range(12)]
    await asyncio.gather(*(screen(transactions, tenant_id, said[start::6]) for start in range(6)))
    async with transactions(tenant_id) as uow:
        assert len((await uow.violations.page(ALL, Listing(), None)).items) == 1
        assert await point_balances(uow, [MEMBER]) == {MEMBER: -7}


async def test_an_appeal_is_upheld_once(transactions: Transactions, tenant_id: UUID) -> None:
    async with transactions(tenant_id) as uow:
        await update_rule_set(uow, RuleSet(0, (ADVERTS,)), 0, "ann", NOW)
    await screen(transactions, tenant_id, [message(ADVERT, MEMBER, GROUP)])
    async with transactions(tenant_id) as uow:
        [violation] = (await uow.violations.page(ALL, Listing(), None)).items

    async def uphold() -> bool:
        try:
            async with transactions(tenant_id) as uow:
                await decide_appeal(uow, ChineseInstructions(), violation.id, False, "ann", NOW)
        except (ChangedMeanwhile, DomainError):
            return False
        return True

    assert sum(await asyncio.gather(*(uphold() for _ in range(6)))) == 1
    async with transactions(tenant_id) as uow:
        assert await point_balances(uow, [MEMBER]) == {MEMBER: 0}
        assert await uow.violations.strikes({MEMBER}, NOW - timedelta(days=1)) == {}


async def test_points_are_taken_back_once(transactions: Transactions, tenant_id: UUID) -> None:
    post = replace(message("好用", MEMBER, GROUP), kind=ActivityKind.UGC)
    await screen(transactions, tenant_id, [post])

    async def remove() -> int:
        async with transactions(tenant_id) as uow:
            return len(await reverse_act(uow, post.activity_id, NOW))

    assert await asyncio.gather(*(remove() for _ in range(6))) == [1] * 6
    async with transactions(tenant_id) as uow:
        assert await point_balances(uow, [MEMBER]) == {MEMBER: 0}


async def test_of_two_changes_of_rules_one_is_stored(transactions: Transactions, tenant_id: UUID) -> None:
    async def change(title: str) -> str | None:
        try:
            async with transactions(tenant_id) as uow:
                wanted = RuleSet(0, (replace(ADVERTS, title=title),))
                return (await update_rule_set(uow, wanted, 0, title, NOW)).changed_by
        except StaleVersion:
            return None

    changed = [by for by in await asyncio.gather(change("甲"), change("乙")) if by]
    async with transactions(tenant_id) as uow:
        assert [(await uow.rule_sets.current()).changed_by] == changed


async def test_a_line_of_the_ledger_cannot_be_changed(database: Database) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with database.session(new_id()) as session:
            await session.connection.execute(text("update point_entries set points = 0"))
