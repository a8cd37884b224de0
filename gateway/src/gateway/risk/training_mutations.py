"""Opening trainings, attending them, answering their quiz."""

import strawberry

from gateway.context import Info
from gateway.global_ids import uuid_of
from gateway.mutation import IDEMPOTENCY_KEY, Input, Payload, mutation, payload
from gateway.risk.training import TrainingAttendance, TrainingPolicy, TrainingSession
from gateway.risk.types import RiskCategory
from gateway.values import number
from quanzi.risk.v1 import training_pb2

_SESSION = "The session."


@payload()
class TrainingSessionOpenPayload(Payload):
    training_session: TrainingSession | None = strawberry.field(description=_SESSION, default=None)


@strawberry.input(description="Somebody to be enrolled.")
class TraineeInput:
    staff_id: str = strawberry.field(description="Subject of the identity, up to 128 characters.")
    name: str = strawberry.field(description="Name, up to 100 characters.")


@strawberry.input(description="Input of `trainingStaffEnrol`.")
class TrainingStaffEnrolInput:
    training_session: strawberry.ID = strawberry.field(description=_SESSION)
    staff: list[TraineeInput] = strawberry.field(description="Who must attend besides, 1 to 500.")


@payload(session_id="trainingSession")
class TrainingStaffEnrolPayload(Payload):
    training_session: TrainingSession | None = strawberry.field(description=_SESSION, default=None)


@strawberry.input(description="Input of `trainingAttendanceRecord`.")
class TrainingAttendanceRecordInput:
    training_session: strawberry.ID = strawberry.field(description=_SESSION)
    staff_ids: list[str] = strawberry.field(description="Who was there, 1 to 500.")


@payload("NOT_ENROLLED", session_id="trainingSession")
class TrainingAttendanceRecordPayload(Payload):
    attendances: list[TrainingAttendance] | None = strawberry.field(description="Theirs.", default=None)


@strawberry.input(description="The answer to one question.")
class QuizAnswerInput:
    number: int = strawberry.field(description="Of the question.")
    category: RiskCategory | None = strawberry.field(description="Null: harmless.", default=None)


@strawberry.input(description="Input of `quizSubmit`.")
class QuizSubmitInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    training_session: strawberry.ID = strawberry.field(description=_SESSION)
    answers: list[QuizAnswerInput] = strawberry.field(description="To each question once.")


@payload("IDEMPOTENCY_KEY_REUSED", "NOT_ENROLLED", "NO_QUIZ", "ANSWERS_MISSING", session_id="trainingSession")
class QuizSubmitPayload(Payload):
    attendance: TrainingAttendance | None = strawberry.field(description="Yours.", default=None)
    wrong: list[int] | None = strawberry.field(
        description="Numbers of the questions answered wrongly.", default=None
    )


@strawberry.input(description="Input of `trainingPolicyUpdate`.")
class TrainingPolicyUpdateInput:
    questions: int = strawberry.field(description="1 to 20.")
    pass_percent: int = strawberry.field(description="1 to 100.")
    due_days: int = strawberry.field(description="1 to 28.")
    remind_days_before: int = strawberry.field(description="0 to 27, before `dueDays` are over.")
    cases_of_days: int = strawberry.field(description="1 to 366.")
    expected_version: int = strawberry.field(description="Version you read; another one is refused.")


@payload("STALE_VERSION")
class TrainingPolicyUpdatePayload(Payload):
    policy: TrainingPolicy | None = strawberry.field(description="The new policy.", default=None)


@strawberry.type
class TrainingMutations:
    @mutation("Opens the training of this local month (开始培训); the one there is stays.")
    async def training_session_open(self, info: Info) -> TrainingSessionOpenPayload | None:
        request = training_pb2.OpenTrainingSessionRequest()
        answer = await info.context.clients.training.OpenTrainingSession(request)
        return TrainingSessionOpenPayload(training_session=TrainingSession.of(answer.session))

    @mutation("Adds staff who are not on the rota, as agents, to a training (添加学员).")
    async def training_staff_enrol(
        self, info: Info, input: Input[TrainingStaffEnrolInput]
    ) -> TrainingStaffEnrolPayload | None:
        request = training_pb2.EnrolStaffRequest(
            session_id=uuid_of(input.training_session, "TrainingSession", "trainingSession"),
            staff=[training_pb2.Trainee(staff_id=it.staff_id, name=it.name) for it in input.staff],
        )
        answer = await info.context.clients.training.EnrolStaff(request)
        return TrainingStaffEnrolPayload(training_session=TrainingSession.of(answer.session))

    @mutation("Says who was at a training (签到).")
    async def training_attendance_record(
        self, info: Info, input: Input[TrainingAttendanceRecordInput]
    ) -> TrainingAttendanceRecordPayload | None:
        request = training_pb2.RecordAttendanceRequest(
            session_id=uuid_of(input.training_session, "TrainingSession", "trainingSession"),
            staff_ids=input.staff_ids,
        )
        answer = await info.context.clients.training.RecordAttendance(request)
        return TrainingAttendanceRecordPayload(
            attendances=[TrainingAttendance.of(attendance) for attendance in answer.attendances]
        )

    @mutation("Answers the quiz of a training (提交测验); may be tried again until passed.")
    async def quiz_submit(self, info: Info, input: Input[QuizSubmitInput]) -> QuizSubmitPayload | None:
        request = training_pb2.SubmitQuizRequest(
            idempotency_key=input.idempotency_key,
            session_id=uuid_of(input.training_session, "TrainingSession", "trainingSession"),
            answers=[
                training_pb2.QuizAnswer(number=it.number, category=number(it.category))
                for it in input.answers
            ],
        )
        answer = await info.context.clients.training.SubmitQuiz(request)
        return QuizSubmitPayload(
            attendance=TrainingAttendance.of(answer.attendance), wrong=list(answer.wrong)
        )

    @mutation("Replaces the policy of training.")
    async def training_policy_update(
        self, info: Info, input: Input[TrainingPolicyUpdateInput]
    ) -> TrainingPolicyUpdatePayload | None:
        policy = training_pb2.TrainingPolicy(
            questions=input.questions,
            pass_percent=input.pass_percent,
            due_days=input.due_days,
            remind_days_before=input.remind_days_before,
            cases_of_days=input.cases_of_days,
        )
        answer = await info.context.clients.training.UpdateTrainingPolicy(
            training_pb2.UpdateTrainingPolicyRequest(policy=policy, expected_version=input.expected_version)
        )
        return TrainingPolicyUpdatePayload(policy=TrainingPolicy.of(answer.policy))
