"""Many reviewers at the same cases at the same time."""

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from chassis.database import Database
from chassis.ids import new_id
from risk.adapters.instructions import ChineseInstructions
from risk.application.claim_cases import claim_next_cases
from risk.application.decide_cases import CaseDecision, decide_cases
from risk.application.open_cases import open_cases
from risk.application.ports import Transactions
from risk.application.return_lapsed_cases import return_lapsed_cases
from risk.domain.case import CaseOutcome, CaseStatus

from ..samples import ADVERT, NOW, message
from .conftest import screen
from .test_case_repositories import opened, opening

CONFIRMED, _, FALSE_POSITIVE = CaseOutcome
WORDS = ChineseInstructions()


async def test_no_two_reviewers_hold_the_same_case(
    sql_transactions: Transactions, tenant_id: UUID, database: Database
) -> None:
    cases = await opened(sql_transactions, tenant_id, *(opening() for _ in range(120)))

    async def claim_all(reviewer: str) -> list[UUID]:
        mine = list[UUID]()
        while True:
            async with sql_transactions(tenant_id) as uow:
                claimed = await claim_next_cases(uow, reviewer, 3, None, NOW)
            if not claimed:
                return mine
            mine += [case.id for case in claimed]

    taken = await asyncio.gather(*(claim_all(f"reviewer-{number}") for number in range(10)))
    # One that finds all the rest held by others goes away empty-handed; who comes later finds what is left.
    taken.append(await claim_all("the last"))
    assert Counter(case_id for mine in taken for case_id in mine) == Counter({case.id for case in cases})
    async with database.session(tenant_id) as session:
        counted = text("select count(*), count(distinct case_id) from case_steps where kind = 2")
        assert tuple((await session.connection.execute(counted)).one()) == (120, 120)


async def test_of_two_decisions_one_is_made(sql_transactions: Transactions, tenant_id: UUID) -> None:
    await screen(sql_transactions, tenant_id, [sent := message("做兼职的来")])
    async with sql_transactions(tenant_id) as uow:
        [case] = await uow.cases.hold_next(1, None, "ann")

    async def decide(reviewer: str, outcome: CaseOutcome) -> CaseOutcome | None:
        async with sql_transactions(tenant_id) as uow:
            decision = CaseDecision(case.id, outcome)
            [result] = await decide_cases(uow, WORDS, reviewer, [decision], NOW)
        return result.case.outcome if result.case else None

    made = await asyncio.gather(
        *(decide("ann", CONFIRMED) for _ in range(4)), *(decide("bob", FALSE_POSITIVE) for _ in range(4))
    )
    assert Counter(made)[None] == 4, "who was second is refused, who repeats gets the same"
    async with sql_transactions(tenant_id) as uow:
        [closed] = await uow.cases.many([case.id])
        assert {closed.outcome} == set(made) - {None}
        violations = await uow.violations.of_activities([sent.activity_id])
        assert len(violations) == (closed.outcome is CONFIRMED)


async def test_a_lease_that_ends_while_it_is_decided(sql_transactions: Transactions, tenant_id: UUID) -> None:
    cases = await opened(sql_transactions, tenant_id, *(opening() for _ in range(20)))
    ids = [case.id for case in cases]
    async with sql_transactions(tenant_id) as uow:
        await claim_next_cases(uow, "ann", 20, None, NOW)
    late = NOW + timedelta(minutes=15)

    async def decide(case_id: UUID) -> bool:
        async with sql_transactions(tenant_id) as uow:
            [result] = await decide_cases(uow, WORDS, "ann", [CaseDecision(case_id, FALSE_POSITIVE)], late)
        return result.refusal is None

    async def lapse(case_id: UUID) -> None:
        async with sql_transactions(tenant_id) as uow:
            await return_lapsed_cases(uow, [case_id], late)

    async def take_over(case_id: UUID) -> None:
        await lapse(case_id)
        async with sql_transactions(tenant_id) as uow:
            await claim_next_cases(uow, "bob", 1, None, late)

    decisions = asyncio.gather(*map(decide, ids))
    await asyncio.gather(*map(take_over, ids))
    made = await decisions
    async with sql_transactions(tenant_id) as uow:
        now = {case.id: case for case in await uow.cases.many(ids)}
        labels = await uow.labels.decided(late, late + timedelta(hours=1))
    for case_id, done in zip(ids, made, strict=True):
        if done:
            assert (now[case_id].status, now[case_id].reviewer) == (CaseStatus.CLOSED, "ann")
        else:
            assert now[case_id].status is not CaseStatus.CLOSED
    assert {label.case_id for label in labels} == {one for one, done in zip(ids, made, strict=True) if done}


async def test_strikes_of_decisions_and_of_screening_are_numbered_together(
    sql_transactions: Transactions, tenant_id: UUID
) -> None:
    member_id = new_id()
    doubtful = [message(f"做兼职的来{number}", member_id) for number in range(6)]
    await screen(sql_transactions, tenant_id, doubtful)
    async with sql_transactions(tenant_id) as uow:
        cases = await uow.cases.hold_next(10, None, "ann")

    async def confirm(case_id: UUID) -> None:
        async with sql_transactions(tenant_id) as uow:
            await decide_cases(uow, WORDS, "ann", [CaseDecision(case_id, CONFIRMED)], NOW)

    adverts = [[message(f"{ADVERT}{number}", member_id)] for number in range(6)]
    await asyncio.gather(
        *(confirm(case.id) for case in cases if case.member_id == member_id),
        *(screen(sql_transactions, tenant_id, batch) for batch in adverts),
    )
    async with sql_transactions(tenant_id) as uow:
        sent = [it.activity_id for it in doubtful] + [it.activity_id for [it] in adverts]
        strikes = [violation.strike for violation in await uow.violations.of_activities(sent)]
    assert sorted(strikes) == list(range(1, 13))


async def test_the_same_case_opened_from_many_sides_is_one(
    sql_transactions: Transactions, tenant_id: UUID
) -> None:
    asked = opening()

    async def open_it() -> int:
        async with sql_transactions(tenant_id) as uow:
            return len(await open_cases(uow, [asked], NOW))

    assert sum(await asyncio.gather(*(open_it() for _ in range(8)))) == 1
