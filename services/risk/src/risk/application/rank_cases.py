"""Cases go into the queue by the strikes of the whole person, and there again when it becomes another one."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from risk.application.count_strikes import count_strikes
from risk.application.persons import persons_of
from risk.application.ports import UnitOfWork
from risk.domain.case import Case


async def rank_cases(uow: UnitOfWork, member_ids: Collection[UUID], now: datetime) -> None:
    """Those of these members, and of all that are the same persons, that are not closed."""
    # Who counted strikes before the merge, or its reversal, has opened its cases by then.
    await uow.decisions.take_turn()
    persons = await persons_of(uow, member_ids)
    held = await uow.cases.hold_open_of(persons.all)
    ranked = await ranked_cases(uow, held, now)
    await uow.cases.save([case for case, was in zip(ranked, held, strict=True) if case != was])


async def ranked_cases(uow: UnitOfWork, cases: Sequence[Case], now: datetime) -> Sequence[Case]:
    """The same, by the strikes of now."""
    members = {case.member_id for case in cases if case.member_id}
    if not members:
        return cases
    policy = await uow.case_policies.current()
    strikes = await count_strikes(uow, members, now - (await uow.policies.current()).strike_window)
    return [case.ranked(strikes.of(case.member_id), policy) if case.member_id else case for case in cases]
