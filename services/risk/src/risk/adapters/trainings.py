"""Sessions of training and their questions in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select, text
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Session
from chassis.paging import Page, PageRequest, fetch_page
from risk.adapters.training_tables import training_attendances, training_questions, training_sessions
from risk.application.training_ports import SessionFigures
from risk.domain.quiz import JudgedText, Question
from risk.domain.rota_errors import TrainingSessionNotFound
from risk.domain.training import TrainingSession
from risk.domain.verdict import RiskCategory
from risk.enums import number, optional

_JUDGED = text("""
    select text, category from (
        select text, category,
               row_number() over (partition by category order by md5(:seed || text), text) as place
        from labels
        where tenant_id = :tenant_id and decided_at >= :since and decided_at < :until and source <> 3
          and length(text) between 4 and 300
        group by text, category
    ) it
    where place <= :most
    order by category, place
""")


class SqlTrainings:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def open(self, session: TrainingSession, questions: Sequence[Question]) -> bool:
        row = asdict(session) | {"tenant_id": self._tenant_id}
        adding = insert(training_sessions).values(row).on_conflict_do_nothing()
        if (await self._connection.execute(adding)).rowcount != 1:
            return False
        if questions:
            rows = [
                {
                    "tenant_id": self._tenant_id,
                    "session_id": session.id,
                    "number": it.number,
                    "masked_text": it.masked_text,
                    "options": [number(option) for option in it.options],
                    "answer": number(it.answer),
                }
                for it in questions
            ]
            await self._connection.execute(plain_insert(training_questions), rows)
        return True

    async def of_month(self, month: date) -> TrainingSession:
        query = select(training_sessions).where(
            training_sessions.c.tenant_id == self._tenant_id, training_sessions.c.month == month
        )
        return _to_session((await self._connection.execute(query)).one())

    async def get(self, session_id: UUID) -> TrainingSession:
        return (await self.figures(session_id)).session

    async def figures(self, session_id: UUID) -> SessionFigures:
        query = self._figures().where(training_sessions.c.id == session_id)
        row = (await self._connection.execute(query)).one_or_none()
        if row is None:
            raise TrainingSessionNotFound(f"There is no training session {session_id}")
        return _to_figures(row)

    async def page(self, request: PageRequest) -> Page[SessionFigures]:
        order = training_sessions.c.month, training_sessions.c.id
        return await fetch_page(
            self._connection, self._figures(), order, request, _to_figures, descending=True
        )

    async def questions(self, session_id: UUID) -> Sequence[Question]:
        query = (
            select(training_questions)
            .where(
                training_questions.c.tenant_id == self._tenant_id,
                training_questions.c.session_id == session_id,
            )
            .order_by(training_questions.c.number)
        )
        return [
            Question(
                row.number,
                row.masked_text,
                tuple(optional(RiskCategory, option) for option in row.options),
                optional(RiskCategory, row.answer),
            )
            for row in await self._connection.execute(query)
        ]

    async def judged(self, since: datetime, until: datetime, most: int, seed: UUID) -> Sequence[JudgedText]:
        parameters = {
            "tenant_id": self._tenant_id,
            "since": since,
            "until": until,
            "most": most,
            "seed": str(seed),
        }
        return [
            JudgedText(row.text, optional(RiskCategory, row.category))
            for row in await self._connection.execute(_JUDGED, parameters)
        ]

    def _figures(self) -> Select[Any]:
        sessions, staff, asked = training_sessions, training_attendances, training_questions
        attending = (
            select(func.count().label("staff"), func.count(staff.c.completed_at).label("completed"))
            .where(staff.c.tenant_id == sessions.c.tenant_id, staff.c.session_id == sessions.c.id)
            .lateral()
        )
        quiz = (
            select(func.count().label("questions"))
            .where(asked.c.tenant_id == sessions.c.tenant_id, asked.c.session_id == sessions.c.id)
            .lateral()
        )
        figures = select(sessions, attending.c.staff, attending.c.completed, quiz.c.questions)
        return figures.where(sessions.c.tenant_id == self._tenant_id)


def _to_figures(row: Row[Any]) -> SessionFigures:
    return SessionFigures(_to_session(row), row.questions, row.staff, row.completed)


def _to_session(row: Row[Any]) -> TrainingSession:
    return TrainingSession(row.id, row.month, row.opened_at, row.due_at, row.pass_percent)
