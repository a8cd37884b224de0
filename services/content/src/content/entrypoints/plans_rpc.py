"""PlanService: translate, open one transaction, call one use case, translate back."""

from datetime import date
from typing import Any
from uuid import UUID

import grpc

from chassis.clock import Clock
from chassis.idempotency import answer_once
from chassis.identity import caller
from chassis.ids import optional_id
from chassis.paging import PageRequest
from chassis.timestamps import moment
from content.application.approve_plan import approve_plan
from content.application.generate_plan import GeneratePlan, generate_plan
from content.application.ports import PostFilter, Transactions
from content.application.report_delivery import report_delivery
from content.application.reschedule_post import reschedule_post
from content.domain.budget import BudgetKey
from content.entrypoints.wire import (
    budget_to_wire,
    plan_to_wire,
    post_to_wire,
)
from content.enums import DELIVERY_OUTCOMES, POST_STATUSES
from quanzi.content.v1 import plans_pb2 as pb
from quanzi.content.v1.plans_pb2_grpc import PlanServiceServicer

Context = grpc.aio.ServicerContext[Any, Any]


class PlansRpc(PlanServiceServicer):
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions, self._clock = transactions, clock

    async def GeneratePlan(
        self, request: pb.GeneratePlanRequest, context: Context
    ) -> pb.GeneratePlanResponse:
        command = GeneratePlan(
            date.fromisoformat(request.start_date),
            request.days,
            tuple(UUID(group_id) for group_id in request.group_ids),
            request.posts_per_day,
        )
        async with self._transactions(caller().tenant_id) as uow:

            async def compute() -> pb.GeneratePlanResponse:
                plan = await generate_plan(uow, command, self._clock())
                return pb.GeneratePlanResponse(plan=plan_to_wire(plan, await uow.policies.current()))

            return await answer_once(
                uow.idempotency, "GeneratePlan", request, pb.GeneratePlanResponse, compute
            )

    async def ApprovePlan(self, request: pb.ApprovePlanRequest, context: Context) -> pb.ApprovePlanResponse:
        async with self._transactions(caller().tenant_id) as uow:

            async def compute() -> pb.ApprovePlanResponse:
                plan = await approve_plan(uow, UUID(request.plan_id), self._clock())
                return pb.ApprovePlanResponse(plan=plan_to_wire(plan, await uow.policies.current()))

            return await answer_once(uow.idempotency, "ApprovePlan", request, pb.ApprovePlanResponse, compute)

    async def ReschedulePost(
        self, request: pb.ReschedulePostRequest, context: Context
    ) -> pb.ReschedulePostResponse:
        async with self._transactions(caller().tenant_id) as uow:
            post = await reschedule_post(uow, UUID(request.post_id), moment(request.due_at), self._clock())
        return pb.ReschedulePostResponse(post=post_to_wire(post))

    async def BatchGetPlans(
        self, request: pb.BatchGetPlansRequest, context: Context
    ) -> pb.BatchGetPlansResponse:
        async with self._transactions(caller().tenant_id) as uow:
            found = await uow.plans.many([UUID(plan_id) for plan_id in request.ids])
            policy = await uow.policies.current()
        return pb.BatchGetPlansResponse(plans=[plan_to_wire(plan, policy) for plan in found])

    async def ListPlans(self, request: pb.ListPlansRequest, context: Context) -> pb.ListPlansResponse:
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.plans.page(PageRequest.of(request.page))
            policy = await uow.policies.current()
        plans = [plan_to_wire(plan, policy) for plan in page.items]
        return pb.ListPlansResponse(plans=plans, page_info=page.info())

    async def ListPosts(self, request: pb.ListPostsRequest, context: Context) -> pb.ListPostsResponse:
        wanted = PostFilter(
            optional_id(request.plan_id),
            optional_id(request.group_id),
            POST_STATUSES.optional(request.status),
        )
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.posts.page(PageRequest.of(request.page), wanted)
        return pb.ListPostsResponse(posts=[post_to_wire(post) for post in page.items], page_info=page.info())

    async def BatchGetPosts(
        self, request: pb.BatchGetPostsRequest, context: Context
    ) -> pb.BatchGetPostsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            found = await uow.posts.many([UUID(post_id) for post_id in request.ids])
        return pb.BatchGetPostsResponse(posts=[post_to_wire(post) for post in found])

    async def ReportDelivery(
        self, request: pb.ReportDeliveryRequest, context: Context
    ) -> pb.ReportDeliveryResponse:
        async with self._transactions(caller().tenant_id) as uow:

            async def compute() -> pb.ReportDeliveryResponse:
                outcome = DELIVERY_OUTCOMES.member(request.outcome)
                post = await report_delivery(uow, UUID(request.post_id), outcome, self._clock())
                return pb.ReportDeliveryResponse(post=post_to_wire(post))

            return await answer_once(
                uow.idempotency, "ReportDelivery", request, pb.ReportDeliveryResponse, compute
            )

    async def BatchGetContactBudgets(
        self, request: pb.BatchGetContactBudgetsRequest, context: Context
    ) -> pb.BatchGetContactBudgetsResponse:
        keys = [BudgetKey(UUID(group_id), request.month) for group_id in request.group_ids]
        async with self._transactions(caller().tenant_id) as uow:
            budgets = await uow.budgets.many(keys)
        return pb.BatchGetContactBudgetsResponse(budgets=[budget_to_wire(budget) for budget in budgets])
