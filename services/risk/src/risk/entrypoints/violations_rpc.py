"""ViolationService: translate, open one transaction, call one use case, translate back."""

from typing import Any
from uuid import UUID

import grpc

from chassis.clock import Clock
from chassis.idempotency import answer_once
from chassis.identity import caller
from chassis.ids import optional_id
from chassis.paging import PageRequest
from quanzi.risk.v1 import violations_pb2 as pb
from quanzi.risk.v1.violations_pb2_grpc import ViolationServiceServicer
from risk.application.appeal_violation import appeal_violation
from risk.application.confirm_moderator_task import confirm_moderator_task
from risk.application.decide_appeal import decide_appeal
from risk.application.persons import ids_of_person
from risk.application.ports import Instructions, Listing, Screeners, Transactions
from risk.application.preview_risk_policy import preview_risk_policy
from risk.application.update_risk_policy import update_risk_policy
from risk.domain.masking import Hide
from risk.domain.moderator_task import ModeratorTaskStatus
from risk.domain.violation import ViolationStatus
from risk.entrypoints.replay_wire import policy_preview_to_wire
from risk.entrypoints.wire import policy_of, policy_to_wire, task_to_wire, violation_to_wire
from risk.enums import optional

Context = grpc.aio.ServicerContext[Any, Any]


class ViolationsRpc(ViolationServiceServicer):
    def __init__(
        self,
        transactions: Transactions,
        screeners: Screeners,
        instructions: Instructions,
        hide: Hide,
        clock: Clock,
    ) -> None:
        self._transactions, self._screeners, self._instructions = transactions, screeners, instructions
        self._hide, self._clock = hide, clock

    async def ListViolations(
        self, request: pb.ListViolationsRequest, context: Context
    ) -> pb.ListViolationsResponse:
        status = optional(ViolationStatus, request.status)
        async with self._transactions(caller().tenant_id) as uow:
            member_ids = await ids_of_person(uow, optional_id(request.member_id))
            listing = Listing(optional_id(request.group_id), member_ids)
            page = await uow.violations.page(PageRequest.of(request.page), listing, status)
        return pb.ListViolationsResponse(
            violations=[violation_to_wire(violation) for violation in page.items], page_info=page.info()
        )

    async def BatchGetViolations(
        self, request: pb.BatchGetViolationsRequest, context: Context
    ) -> pb.BatchGetViolationsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            found = await uow.violations.many([UUID(violation_id) for violation_id in request.ids])
        return pb.BatchGetViolationsResponse(violations=[violation_to_wire(violation) for violation in found])

    async def AppealViolation(
        self, request: pb.AppealViolationRequest, context: Context
    ) -> pb.AppealViolationResponse:
        async with self._transactions(caller().tenant_id) as uow:

            async def compute() -> pb.AppealViolationResponse:
                violation = await appeal_violation(
                    uow, UUID(request.violation_id), self._hide(request.reason), self._clock()
                )
                return pb.AppealViolationResponse(violation=violation_to_wire(violation))

            return await answer_once(
                uow.idempotency, "AppealViolation", request, pb.AppealViolationResponse, compute
            )

    async def ReviewViolation(
        self, request: pb.ReviewViolationRequest, context: Context
    ) -> pb.ReviewViolationResponse:
        now, identity = self._clock(), caller()
        async with self._transactions(identity.tenant_id) as uow:

            async def compute() -> pb.ReviewViolationResponse:
                violation = await decide_appeal(
                    uow, self._instructions, UUID(request.violation_id), request.stands, identity.subject, now
                )
                return pb.ReviewViolationResponse(violation=violation_to_wire(violation))

            return await answer_once(
                uow.idempotency, "ReviewViolation", request, pb.ReviewViolationResponse, compute
            )

    async def ListModeratorTasks(
        self, request: pb.ListModeratorTasksRequest, context: Context
    ) -> pb.ListModeratorTasksResponse:
        group_id = optional_id(request.group_id)
        status = optional(ModeratorTaskStatus, request.status)
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.moderator_tasks.page(PageRequest.of(request.page), group_id, status)
        return pb.ListModeratorTasksResponse(
            tasks=[task_to_wire(task) for task in page.items], page_info=page.info()
        )

    async def BatchGetModeratorTasks(
        self, request: pb.BatchGetModeratorTasksRequest, context: Context
    ) -> pb.BatchGetModeratorTasksResponse:
        async with self._transactions(caller().tenant_id) as uow:
            found = [
                *await uow.moderator_tasks.many([UUID(it) for it in request.ids]),
                *await uow.moderator_tasks.of_violations([UUID(it) for it in request.violation_ids]),
            ]
        return pb.BatchGetModeratorTasksResponse(tasks=[task_to_wire(task) for task in found])

    async def ConfirmModeratorTask(
        self, request: pb.ConfirmModeratorTaskRequest, context: Context
    ) -> pb.ConfirmModeratorTaskResponse:
        now, identity = self._clock(), caller()
        async with self._transactions(identity.tenant_id) as uow:

            async def compute() -> pb.ConfirmModeratorTaskResponse:
                task = await confirm_moderator_task(uow, UUID(request.task_id), identity.subject, now)
                return pb.ConfirmModeratorTaskResponse(task=task_to_wire(task))

            return await answer_once(
                uow.idempotency, "ConfirmModeratorTask", request, pb.ConfirmModeratorTaskResponse, compute
            )

    async def GetRiskPolicy(
        self, request: pb.GetRiskPolicyRequest, context: Context
    ) -> pb.GetRiskPolicyResponse:
        async with self._transactions(caller().tenant_id) as uow:
            return pb.GetRiskPolicyResponse(policy=policy_to_wire(await uow.policies.current()))

    async def PreviewRiskPolicy(
        self, request: pb.PreviewRiskPolicyRequest, context: Context
    ) -> pb.PreviewRiskPolicyResponse:
        async with self._transactions(caller().tenant_id) as uow:
            policy = policy_of(request.policy, await uow.policies.current())
            preview = await preview_risk_policy(uow, self._screeners, policy, request.days, self._clock())
        return policy_preview_to_wire(preview)

    async def UpdateRiskPolicy(
        self, request: pb.UpdateRiskPolicyRequest, context: Context
    ) -> pb.UpdateRiskPolicyResponse:
        async with self._transactions(caller().tenant_id) as uow:
            successor = policy_of(request.policy, await uow.policies.current())
            policy = await update_risk_policy(uow, successor, request.expected_version, self._clock())
        return pb.UpdateRiskPolicyResponse(policy=policy_to_wire(policy))
