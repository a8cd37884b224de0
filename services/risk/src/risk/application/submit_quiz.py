"""Somebody answers the quiz of a training."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from risk.application.ports import UnitOfWork
from risk.domain.quiz import wrong_answers
from risk.domain.rota_errors import NoQuiz
from risk.domain.rota_events import TrainingCompleted
from risk.domain.training import Attendance
from risk.domain.verdict import RiskCategory


async def submit_quiz(
    uow: UnitOfWork,
    session_id: UUID,
    staff_id: str,
    answers: Mapping[int, RiskCategory | None],
    now: datetime,
) -> tuple[Attendance, Sequence[int]]:
    """With the numbers of what was answered wrongly; may be tried again, also when overdue.

    Raises TrainingSessionNotFound, NotEnrolled, NoQuiz, AnswersMissing.
    """
    session = await uow.trainings.get(session_id)
    [was] = await uow.attendances.hold(session_id, [staff_id])
    questions = await uow.trainings.questions(session_id)
    if not questions:
        raise NoQuiz("No case was closed before the session opened: it has no quiz")
    wrong = wrong_answers(questions, answers)
    answered = was.answer(len(questions) - len(wrong), len(questions), session.pass_percent, now)
    await uow.attendances.save([answered])
    if answered.completed_at != was.completed_at:
        await uow.publish(TrainingCompleted(answered), at=now)
    return answered, wrong
