"""Compliance training: what the graph shows of it, and does."""

from datetime import date, datetime
from typing import Annotated, Self

import strawberry

from gateway.connections import After, Connection, First, connection, page
from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import global_id, optional_uuid, uuid_of
from gateway.risk.types import RISK_CATEGORIES, RiskCategory
from gateway.values import moment, optional_moment
from quanzi.risk.v1 import training_pb2

OfSession = Annotated[strawberry.ID | None, strawberry.argument(description="Only of this session.")]


@strawberry.type(description="The compliance training of a local month (合规培训).")
class TrainingSession:
    id: strawberry.ID = strawberry.field(description="Global id.")
    month: date = strawberry.field(description="Its first day.")
    opened_at: datetime = strawberry.field(description="When it opened.")
    due_at: datetime = strawberry.field(description="Until when it must be completed.")
    questions: int = strawberry.field(description="Of its quiz; 0: no case was closed before.")
    pass_percent: int = strawberry.field(description="Right answers that pass the quiz.")
    staff: int = strawberry.field(description="How many must attend.")
    completed: int = strawberry.field(description="How many have attended and passed.")

    @classmethod
    def of(cls, session: training_pb2.TrainingSession) -> Self:
        return cls(
            id=global_id("TrainingSession", session.id),
            month=date.fromisoformat(session.month),
            opened_at=moment(session.opened_at),
            due_at=moment(session.due_at),
            questions=session.questions,
            pass_percent=session.pass_percent,
            staff=session.staff,
            completed=session.completed,
        )


@strawberry.type(description="Somebody who must attend a training (培训记录).")
class TrainingAttendance:
    session: strawberry.ID = strawberry.field(description="Id of the session.")
    staff_id: str = strawberry.field(description="Who.")
    name: str = strawberry.field(description="Name.")
    attended_at: datetime | None = strawberry.field(description="When it was recorded (签到).")
    score_percent: int = strawberry.field(description="Right answers of the last try (得分).")
    tries: int = strawberry.field(description="How often the quiz was tried.")
    completed_at: datetime | None = strawberry.field(description="When attended and passed, both.")
    overdue_at: datetime | None = strawberry.field(description="When the deadline passed before that (逾期).")

    @classmethod
    def of(cls, attendance: training_pb2.Attendance) -> Self:
        return cls(
            session=global_id("TrainingSession", attendance.session_id),
            staff_id=attendance.staff_id,
            name=attendance.name,
            attended_at=optional_moment(attendance.attended_at),
            score_percent=attendance.score_percent,
            tries=attendance.tries,
            completed_at=optional_moment(attendance.completed_at),
            overdue_at=optional_moment(attendance.overdue_at),
        )


@strawberry.type(description="What is this text? A question from a closed case (测验题).")
class QuizQuestion:
    number: int = strawberry.field(description="Counts from 1.")
    masked_text: str = strawberry.field(description="The text, personal data masked (脱敏).")
    options: list[RiskCategory | None] = strawberry.field(
        description="To choose from; null: harmless (正常)."
    )

    @classmethod
    def of(cls, question: training_pb2.QuizQuestion) -> Self:
        return cls(
            number=question.number,
            masked_text=question.masked_text,
            options=[RISK_CATEGORIES.get(option) for option in question.options],
        )


@strawberry.type(description="Rules of training; every change makes a new version.")
class TrainingPolicy:
    version: int = strawberry.field(description="Counts changes.")
    questions: int = strawberry.field(description="Of a quiz, as far as there are closed cases.")
    pass_percent: int = strawberry.field(description="Right answers that pass.")
    due_days: int = strawberry.field(description="A session is due this many days after it opened.")
    remind_days_before: int = strawberry.field(description="Reminded so many days before.")
    cases_of_days: int = strawberry.field(description="Questions come from cases closed in so many days.")

    @classmethod
    def of(cls, policy: training_pb2.TrainingPolicy) -> Self:
        return cls(
            version=policy.version,
            questions=policy.questions,
            pass_percent=policy.pass_percent,
            due_days=policy.due_days,
            remind_days_before=policy.remind_days_before,
            cases_of_days=policy.cases_of_days,
        )


@strawberry.type
class TrainingQueries:
    @resolved("Training sessions (合规培训), the latest first.")
    async def training_sessions(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[TrainingSession] | None:
        request = training_pb2.ListTrainingSessionsRequest(page=page(info, first, after))
        answer = await info.context.clients.training.ListTrainingSessions(request)
        return connection(map(TrainingSession.of, answer.sessions), answer.page_info, after)

    @resolved("Who must attend trainings (培训名单), by session and staff id.")
    async def training_attendances(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        training_session: OfSession = None,
        overdue: Annotated[
            bool, strawberry.argument(description="Only past the deadline and not completed.")
        ] = False,
    ) -> Connection[TrainingAttendance] | None:
        request = training_pb2.ListAttendancesRequest(
            page=page(info, first, after),
            session_id=optional_uuid(training_session, "TrainingSession", "trainingSession"),
            overdue=overdue,
        )
        answer = await info.context.clients.training.ListAttendances(request)
        return connection(map(TrainingAttendance.of, answer.attendances), answer.page_info, after)

    @resolved("The questions of a training (测验), the same for all.")
    async def quiz(
        self,
        info: Info,
        training_session: Annotated[strawberry.ID, strawberry.argument(description="Which session.")],
    ) -> list[QuizQuestion] | None:
        request = training_pb2.GetQuizRequest(
            session_id=uuid_of(training_session, "TrainingSession", "trainingSession")
        )
        answer = await info.context.clients.training.GetQuiz(request)
        return [QuizQuestion.of(question) for question in answer.questions]

    @resolved("The policy of training in force.")
    async def training_policy(self, info: Info) -> TrainingPolicy | None:
        answer = await info.context.clients.training.GetTrainingPolicy(
            training_pb2.GetTrainingPolicyRequest()
        )
        return TrainingPolicy.of(answer.policy)
