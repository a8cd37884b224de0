"""A decision is taken back."""

from datetime import datetime
from uuid import UUID

from risk.application.ports import UnitOfWork
from risk.application.rank_cases import ranked_cases
from risk.domain.case import Case
from risk.domain.case_step import CaseStepKind, step
from risk.domain.errors import CaseNotFound
from risk.domain.events import CaseReopened


async def reopen_case(uow: UnitOfWork, case_id: UUID, reviewer: str, reason: str, now: datetime) -> Case:
    """The case waits again and its label is withdrawn; what followed from it stays until it is decided anew.

    Raises CaseNotFound, CaseNotClosed.
    """
    was = (await uow.cases.hold([case_id])).get(case_id)
    if was is None:
        raise CaseNotFound(f"There is no case {case_id}")
    [case] = await ranked_cases(uow, [was.reopen(now)], now)
    await uow.cases.save([case])
    await uow.cases.record([step(CaseStepKind.REOPENED, case, was, now, reviewer, reason)])
    await uow.labels.withdraw(case_id)
    await uow.publish(CaseReopened(case), at=now)
    return case
