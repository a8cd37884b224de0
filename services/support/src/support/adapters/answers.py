"""What became of questions, in PostgreSQL."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import insert

from chassis.database import Session
from support.adapters.tables import answers
from support.domain.answering import AnswerOutcome


class SqlAnswers:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def add(
        self,
        question_id: UUID,
        member_id: UUID,
        outcome: AnswerOutcome,
        faq_entry_id: UUID | None,
        confidence: float,
        now: datetime,
    ) -> None:
        statement = insert(answers).values(
            tenant_id=self._tenant_id,
            question_id=question_id,
            member_id=member_id,
            outcome=outcome,
            faq_entry_id=faq_entry_id,
            confidence=confidence,
            answered_at=now,
        )
        await self._connection.execute(statement)
