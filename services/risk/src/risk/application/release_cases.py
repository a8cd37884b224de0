"""A reviewer gives cases back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from risk.application.case_ports import CASE_LEASE
from risk.application.case_results import CaseResult, attempt, changed
from risk.application.ports import UnitOfWork
from risk.domain.case_step import CaseStepKind, step


async def release_cases(
    uow: UnitOfWork, reviewer: str, case_ids: Sequence[UUID], now: datetime
) -> list[CaseResult]:
    """Into the queue, for those that the reviewer holds."""
    held = await uow.cases.hold(case_ids)
    results = attempt(case_ids, held, lambda case: case.release(reviewer))
    released = changed(results, held)
    await uow.cases.save(released)
    await uow.cases.record(
        [step(CaseStepKind.RELEASED, case, held[case.id], now, reviewer) for case in released]
    )
    await uow.timers.cancel_many(CASE_LEASE, [str(case.id) for case in released])
    return results
