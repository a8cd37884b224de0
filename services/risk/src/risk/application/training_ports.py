"""What the use cases of training need: the smallest interfaces, in domain types."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from chassis.paging import Page, PageRequest
from risk.domain.quiz import JudgedText, Question
from risk.domain.training import Attendance, TrainingSession

TRAINING_OPENING = "training-opening"
TRAINING_REMINDER = "training-reminder"
TRAINING_DEADLINE = "training-deadline"


@dataclass(frozen=True, slots=True)
class SessionFigures:
    session: TrainingSession
    questions: int
    staff: int
    completed: int


class Trainings(Protocol):
    async def open(self, session: TrainingSession, questions: Sequence[Question]) -> bool:
        """False, and nothing is stored, if the month has one."""
        ...

    async def of_month(self, month: date) -> TrainingSession: ...

    async def get(self, session_id: UUID) -> TrainingSession:
        """Raises TrainingSessionNotFound."""
        ...

    async def figures(self, session_id: UUID) -> SessionFigures: ...

    async def page(self, request: PageRequest) -> Page[SessionFigures]:
        """The latest first. Raises InvalidCursor."""
        ...

    async def questions(self, session_id: UUID) -> Sequence[Question]:
        """In order."""
        ...

    async def judged(self, since: datetime, until: datetime, most: int, seed: UUID) -> Sequence[JudgedText]:
        """At most so many texts of cases closed in that time of each category, drawn by the seed."""
        ...


class Attendances(Protocol):
    async def enrol(self, session_id: UUID, names: Mapping[str, str], passed: bool) -> None:
        """Names by staff id; who is enrolled already stays as before."""
        ...

    async def hold(self, session_id: UUID, staff_ids: Collection[str]) -> Sequence[Attendance]:
        """By staff id, until the end of the transaction. Raises NotEnrolled if one is missing."""
        ...

    async def save(self, attendances: Sequence[Attendance]) -> None: ...

    async def unfinished(self, session_ids: Collection[UUID]) -> Sequence[Attendance]:
        """By session and staff id."""
        ...

    async def mark_overdue(self, session_ids: Collection[UUID], now: datetime) -> Sequence[Attendance]:
        """Those not completed, and marked now for the first time."""
        ...

    async def page(self, request: PageRequest, session_id: UUID | None, overdue: bool) -> Page[Attendance]:
        """By session and staff id; `overdue`: only those still not completed. Raises InvalidCursor."""
        ...
