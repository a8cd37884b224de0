"""A reviewer needs more time."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.timers import Timer
from risk.application.case_ports import CASE_LEASE
from risk.application.case_results import CaseResult, attempt, changed
from risk.application.ports import UnitOfWork


async def renew_case_leases(
    uow: UnitOfWork, reviewer: str, case_ids: Sequence[UUID], now: datetime
) -> list[CaseResult]:
    """Another lease from now on, for those that the reviewer holds."""
    until = now + (await uow.case_policies.current()).lease
    held = await uow.cases.hold(case_ids)
    results = attempt(case_ids, held, lambda case: case.renew(reviewer, until))
    renewed = changed(results, held)
    await uow.cases.save(renewed)
    await uow.timers.schedule_many([Timer(CASE_LEASE, str(case.id), until) for case in renewed])
    return results
