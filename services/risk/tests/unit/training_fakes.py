"""Training in memory: the same answers as PostgreSQL gives."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import md5
from uuid import UUID

from chassis.paging import Page, PageRequest
from risk.application.training_ports import SessionFigures
from risk.domain.label import OF_TEXTS
from risk.domain.quiz import JudgedText, Question
from risk.domain.rota_errors import NotEnrolled, TrainingSessionNotFound
from risk.domain.training import Attendance, TrainingSession
from risk.domain.training_policy import TrainingPolicy
from risk.domain.verdict import RiskCategory

from .case_fakes import CaseRows
from .pages import page_by


@dataclass
class TrainingRows:
    """What one tenant has stored of training."""

    sessions: dict[UUID, TrainingSession] = field(default_factory=dict)
    questions: dict[UUID, Sequence[Question]] = field(default_factory=dict)
    attendances: dict[tuple[UUID, str], Attendance] = field(default_factory=dict)
    policies: list[TrainingPolicy] = field(default_factory=lambda: [TrainingPolicy()])


class FakeTrainings:
    def __init__(self, rows: TrainingRows, cases: CaseRows) -> None:
        self._rows, self._cases = rows, cases

    async def open(self, session: TrainingSession, questions: Sequence[Question]) -> bool:
        if session.month in {it.month for it in self._rows.sessions.values()}:
            return False
        self._rows.sessions[session.id] = session
        self._rows.questions[session.id] = questions
        return True

    async def of_month(self, month: date) -> TrainingSession:
        [session] = [it for it in self._rows.sessions.values() if it.month == month]
        return session

    async def get(self, session_id: UUID) -> TrainingSession:
        return (await self.figures(session_id)).session

    async def figures(self, session_id: UUID) -> SessionFigures:
        if session_id not in self._rows.sessions:
            raise TrainingSessionNotFound(f"There is no training session {session_id}")
        return self._figures(self._rows.sessions[session_id])

    async def page(self, request: PageRequest) -> Page[SessionFigures]:
        figures = [self._figures(session) for session in self._rows.sessions.values()]
        return page_by(figures, request, lambda it: (it.session.month, it.session.id), newest_first=True)

    async def questions(self, session_id: UUID) -> Sequence[Question]:
        return self._rows.questions.get(session_id, ())

    async def judged(self, since: datetime, until: datetime, most: int, seed: UUID) -> Sequence[JudgedText]:
        texts: defaultdict[RiskCategory | None, set[str]] = defaultdict(set)
        for label in self._cases.labels.values():
            is_asked_for = label.source in OF_TEXTS and since <= label.decided_at < until
            if is_asked_for and 4 <= len(label.text) <= 300:
                texts[label.category].add(label.text)
        return [
            JudgedText(text, category)
            for category, of_category in texts.items()
            for text in sorted(of_category, key=lambda it: _draw(seed, it))[:most]
        ]

    def _figures(self, session: TrainingSession) -> SessionFigures:
        staff = [it for it in self._rows.attendances.values() if it.session_id == session.id]
        completed = sum(it.completed_at is not None for it in staff)
        return SessionFigures(session, len(self._rows.questions[session.id]), len(staff), completed)


class FakeAttendances:
    def __init__(self, rows: TrainingRows) -> None:
        self._attendances = rows.attendances

    async def enrol(self, session_id: UUID, names: Mapping[str, str], passed: bool) -> None:
        for staff_id, name in names.items():
            enrolled = Attendance(session_id, staff_id, name, passed=passed)
            self._attendances.setdefault((session_id, staff_id), enrolled)

    async def hold(self, session_id: UUID, staff_ids: Collection[str]) -> Sequence[Attendance]:
        keys = [(session_id, staff_id) for staff_id in sorted(set(staff_ids))]
        if missing := [staff_id for _, staff_id in keys if (session_id, staff_id) not in self._attendances]:
            raise NotEnrolled(f"{missing[0]} need not attend this session")
        return [self._attendances[key] for key in keys]

    async def save(self, attendances: Sequence[Attendance]) -> None:
        self._attendances |= {(it.session_id, it.staff_id): it for it in attendances}

    async def unfinished(self, session_ids: Collection[UUID]) -> Sequence[Attendance]:
        return [it for it in self._all() if it.session_id in session_ids and it.completed_at is None]

    async def mark_overdue(self, session_ids: Collection[UUID], now: datetime) -> Sequence[Attendance]:
        overdue = [
            replace(it, overdue_at=now) for it in await self.unfinished(session_ids) if it.overdue_at is None
        ]
        await self.save(overdue)
        return overdue

    async def page(self, request: PageRequest, session_id: UUID | None, overdue: bool) -> Page[Attendance]:
        chosen = [
            it
            for it in self._all()
            if session_id in (None, it.session_id)
            and not (overdue and (it.overdue_at is None or it.completed_at is not None))
        ]
        return page_by(chosen, request, lambda it: (it.session_id, it.staff_id))

    def _all(self) -> list[Attendance]:
        return [self._attendances[key] for key in sorted(self._attendances)]


def _draw(seed: UUID, text: str) -> tuple[str, str]:
    return md5(f"{seed}{text}".encode(), usedforsecurity=False).hexdigest(), text
