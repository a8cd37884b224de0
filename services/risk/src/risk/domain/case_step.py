"""The history of a case: every step, with who, when, from, to and why."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from uuid import UUID

from risk.domain.case import Case, CaseStatus


class CaseStepKind(IntEnum):
    """What happened, the numbers of the contract."""

    OPENED = 1
    CLAIMED = 2
    RELEASED = 3
    LAPSED = 4
    CLOSED = 5
    REOPENED = 6
    NOTED = 7


@dataclass(frozen=True, slots=True)
class CaseStep:
    """`number` is the version of the case that it made. `by` is empty for the system; `text` says why."""

    case_id: UUID
    number: int
    kind: CaseStepKind
    at: datetime
    by: str
    was: CaseStatus | None
    became: CaseStatus
    text: str = ""


def step(
    kind: CaseStepKind, case: Case, was: Case | None, at: datetime, by: str = "", text: str = ""
) -> CaseStep:
    """The step that led from `was`, None before the first, to `case`."""
    return CaseStep(case.id, case.version, kind, at, by, was.status if was else None, case.status, text)
