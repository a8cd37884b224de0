"""Leases have ended before a decision."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from risk.application.ports import UnitOfWork
from risk.domain.case_step import CaseStepKind, step


async def return_lapsed_cases(uow: UnitOfWork, case_ids: Sequence[UUID], now: datetime) -> None:
    """Those still held wait in the queue again; one decided or renewed meanwhile stays as it is."""
    held = await uow.cases.hold(case_ids)
    lapsed = [case for was in held.values() if (case := was.lapse(now)) != was]
    await uow.cases.save(lapsed)
    await uow.cases.record([step(CaseStepKind.LAPSED, case, held[case.id], now) for case in lapsed])
