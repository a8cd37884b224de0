"""A reviewer takes the next cases of the queue."""

from collections.abc import Sequence
from datetime import datetime

from chassis.timers import Timer
from risk.application.case_ports import CASE_LEASE
from risk.application.ports import UnitOfWork
from risk.domain.case import Case, CaseKind
from risk.domain.case_step import CaseStepKind, step


async def claim_next_cases(
    uow: UnitOfWork, reviewer: str, count: int, kind: CaseKind | None, now: datetime
) -> Sequence[Case]:
    """Riskiest and oldest first, held until the lease ends; none when the queue is empty."""
    until = now + (await uow.case_policies.current()).lease
    waiting = await uow.cases.hold_next(count, kind, reviewer)
    claimed = [case.claim(reviewer, until) for case in waiting]
    await uow.cases.save(claimed)
    await uow.cases.record(
        [
            step(CaseStepKind.CLAIMED, case, was, now, reviewer)
            for case, was in zip(claimed, waiting, strict=True)
        ]
    )
    await uow.timers.schedule_many([Timer(CASE_LEASE, str(case.id), until) for case in claimed])
    return claimed
