"""TrainingService: translate, open one transaction, call one use case, translate back."""

from typing import Any
from uuid import UUID

import grpc

from chassis.clock import Clock
from chassis.idempotency import answer_once
from chassis.identity import caller
from chassis.ids import optional_id
from chassis.paging import PageRequest
from quanzi.risk.v1 import training_pb2 as pb
from quanzi.risk.v1.training_pb2_grpc import TrainingServiceServicer
from risk.application.enrol_staff import enrol_staff
from risk.application.open_training_session import open_training_session
from risk.application.ports import Transactions
from risk.application.record_attendance import record_attendance
from risk.application.submit_quiz import submit_quiz
from risk.application.update_training_policy import update_training_policy
from risk.entrypoints.training_wire import (
    answers_of,
    attendance_to_wire,
    question_to_wire,
    session_to_wire,
    training_policy_of,
    training_policy_to_wire,
)

Context = grpc.aio.ServicerContext[Any, Any]


class TrainingRpc(TrainingServiceServicer):
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions, self._clock = transactions, clock

    async def ListTrainingSessions(
        self, request: pb.ListTrainingSessionsRequest, context: Context
    ) -> pb.ListTrainingSessionsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.trainings.page(PageRequest.of(request.page))
        return pb.ListTrainingSessionsResponse(
            sessions=[session_to_wire(it) for it in page.items], page_info=page.info()
        )

    async def OpenTrainingSession(
        self, request: pb.OpenTrainingSessionRequest, context: Context
    ) -> pb.OpenTrainingSessionResponse:
        async with self._transactions(caller().tenant_id) as uow:
            session = await open_training_session(uow, self._clock())
            figures = await uow.trainings.figures(session.id)
        return pb.OpenTrainingSessionResponse(session=session_to_wire(figures))

    async def EnrolStaff(self, request: pb.EnrolStaffRequest, context: Context) -> pb.EnrolStaffResponse:
        names = {trainee.staff_id: trainee.name for trainee in request.staff}
        async with self._transactions(caller().tenant_id) as uow:
            figures = await enrol_staff(uow, UUID(request.session_id), names)
        return pb.EnrolStaffResponse(session=session_to_wire(figures))

    async def ListAttendances(
        self, request: pb.ListAttendancesRequest, context: Context
    ) -> pb.ListAttendancesResponse:
        session_id = optional_id(request.session_id)
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.attendances.page(PageRequest.of(request.page), session_id, request.overdue)
        return pb.ListAttendancesResponse(
            attendances=[attendance_to_wire(it) for it in page.items], page_info=page.info()
        )

    async def RecordAttendance(
        self, request: pb.RecordAttendanceRequest, context: Context
    ) -> pb.RecordAttendanceResponse:
        async with self._transactions(caller().tenant_id) as uow:
            attended = await record_attendance(
                uow, UUID(request.session_id), request.staff_ids, self._clock()
            )
        return pb.RecordAttendanceResponse(attendances=[attendance_to_wire(it) for it in attended])

    async def GetQuiz(self, request: pb.GetQuizRequest, context: Context) -> pb.GetQuizResponse:
        async with self._transactions(caller().tenant_id) as uow:
            session = await uow.trainings.get(UUID(request.session_id))
            questions = await uow.trainings.questions(session.id)
        return pb.GetQuizResponse(questions=[question_to_wire(it) for it in questions])

    async def SubmitQuiz(self, request: pb.SubmitQuizRequest, context: Context) -> pb.SubmitQuizResponse:
        now, identity, answers = self._clock(), caller(), answers_of(request.answers)
        async with self._transactions(identity.tenant_id) as uow:

            async def compute() -> pb.SubmitQuizResponse:
                session_id = UUID(request.session_id)
                attendance, wrong = await submit_quiz(uow, session_id, identity.subject, answers, now)
                return pb.SubmitQuizResponse(attendance=attendance_to_wire(attendance), wrong=wrong)

            return await answer_once(uow.idempotency, "SubmitQuiz", request, pb.SubmitQuizResponse, compute)

    async def GetTrainingPolicy(
        self, request: pb.GetTrainingPolicyRequest, context: Context
    ) -> pb.GetTrainingPolicyResponse:
        async with self._transactions(caller().tenant_id) as uow:
            policy = await uow.training_policies.current()
        return pb.GetTrainingPolicyResponse(policy=training_policy_to_wire(policy))

    async def UpdateTrainingPolicy(
        self, request: pb.UpdateTrainingPolicyRequest, context: Context
    ) -> pb.UpdateTrainingPolicyResponse:
        policy = training_policy_of(request.policy)
        async with self._transactions(caller().tenant_id) as uow:
            updated = await update_training_policy(uow, policy, request.expected_version, self._clock())
        return pb.UpdateTrainingPolicyResponse(policy=training_policy_to_wire(updated))
