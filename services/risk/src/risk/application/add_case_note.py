"""A reviewer writes something down about a case."""

from datetime import datetime
from uuid import UUID

from risk.application.ports import UnitOfWork
from risk.domain.case import Case
from risk.domain.case_step import CaseStepKind, step
from risk.domain.errors import CaseNotFound


async def add_case_note(uow: UnitOfWork, case_id: UUID, author: str, text: str, now: datetime) -> Case:
    """In any state. Raises CaseNotFound."""
    was = (await uow.cases.hold([case_id])).get(case_id)
    if was is None:
        raise CaseNotFound(f"There is no case {case_id}")
    case = was.note()
    await uow.cases.save([case])
    await uow.cases.record([step(CaseStepKind.NOTED, case, was, now, author, text)])
    return case
