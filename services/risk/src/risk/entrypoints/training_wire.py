"""Training as the messages of proto/quanzi/risk/v1, and back."""

from collections.abc import Iterable
from dataclasses import fields

from chassis.timestamps import optional_timestamp, timestamp
from quanzi.risk.v1 import training_pb2 as pb
from risk.application.training_ports import SessionFigures
from risk.domain.quiz import Question
from risk.domain.rota_errors import AnswersMissing
from risk.domain.training import Attendance
from risk.domain.training_policy import TrainingPolicy
from risk.domain.verdict import RiskCategory
from risk.enums import number, optional

_POLICY = [field.name for field in fields(TrainingPolicy)]


def session_to_wire(figures: SessionFigures) -> pb.TrainingSession:
    session = figures.session
    return pb.TrainingSession(
        id=str(session.id),
        month=session.month.isoformat(),
        opened_at=timestamp(session.opened_at),
        due_at=timestamp(session.due_at),
        questions=figures.questions,
        pass_percent=session.pass_percent,
        staff=figures.staff,
        completed=figures.completed,
    )


def attendance_to_wire(attendance: Attendance) -> pb.Attendance:
    return pb.Attendance(
        session_id=str(attendance.session_id),
        staff_id=attendance.staff_id,
        name=attendance.name,
        attended_at=optional_timestamp(attendance.attended_at),
        score_percent=attendance.score_percent,
        tries=attendance.tries,
        completed_at=optional_timestamp(attendance.completed_at),
        overdue_at=optional_timestamp(attendance.overdue_at),
    )


def question_to_wire(question: Question) -> pb.QuizQuestion:
    """Without the answer."""
    return pb.QuizQuestion(
        number=question.number,
        masked_text=question.masked_text,
        options=[number(option) for option in question.options],
    )


def answers_of(messages: Iterable[pb.QuizAnswer]) -> dict[int, RiskCategory | None]:
    """By the number of the question. Raises AnswersMissing if one is answered twice."""
    answers: dict[int, RiskCategory | None] = {}
    for message in messages:
        if message.number in answers:
            raise AnswersMissing(f"Question {message.number} is answered twice")
        answers[message.number] = optional(RiskCategory, message.category)
    return answers


def training_policy_to_wire(policy: TrainingPolicy) -> pb.TrainingPolicy:
    return pb.TrainingPolicy(**{name: getattr(policy, name) for name in _POLICY})


def training_policy_of(message: pb.TrainingPolicy) -> TrainingPolicy:
    """Raises InvalidPolicy."""
    return TrainingPolicy(**{name: getattr(message, name) for name in _POLICY})
