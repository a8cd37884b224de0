"""RotaService: translate, open one transaction, call one use case, translate back."""

from typing import Any
from uuid import UUID

import grpc

from chassis.clock import Clock
from chassis.idempotency import answer_once
from chassis.identity import caller
from chassis.ids import optional_id
from chassis.paging import PageRequest
from quanzi.risk.v1 import rota_pb2 as pb
from quanzi.risk.v1.rota_pb2_grpc import RotaServiceServicer
from risk.application.add_shift import add_shift
from risk.application.answer_shift_swap import answer_shift_swap
from risk.application.cancel_shift import cancel_shift
from risk.application.create_shift_template import create_shift_template
from risk.application.end_shift_template import end_shift_template
from risk.application.list_coverage import list_coverage
from risk.application.list_duty_tasks import list_duty_tasks
from risk.application.list_shift_templates import list_shift_templates
from risk.application.offer_shift import offer_shift
from risk.application.ports import Transactions
from risk.application.put_moderator import put_moderator
from risk.application.remove_moderator import remove_moderator
from risk.application.rota_ports import ShiftListing
from risk.application.update_rota_policy import update_rota_policy
from risk.domain.shift_swap import SwapStatus
from risk.entrypoints.rota_wire import (
    cover_to_wire,
    gap_to_wire,
    hours_ahead,
    hours_of,
    moderator_of,
    moderator_to_wire,
    rota_policy_of,
    rota_policy_to_wire,
    shift_to_wire,
    swap_to_wire,
    template_of,
    template_to_wire,
)
from risk.entrypoints.wire import task_to_wire
from risk.enums import optional

Context = grpc.aio.ServicerContext[Any, Any]
_ADMIN = "admin"


class RotaRpc(RotaServiceServicer):
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions, self._clock = transactions, clock

    async def ListModerators(
        self, request: pb.ListModeratorsRequest, context: Context
    ) -> pb.ListModeratorsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.moderators.page(PageRequest.of(request.page))
        return pb.ListModeratorsResponse(
            moderators=[moderator_to_wire(it) for it in page.items], page_info=page.info()
        )

    async def PutModerator(
        self, request: pb.PutModeratorRequest, context: Context
    ) -> pb.PutModeratorResponse:
        async with self._transactions(caller().tenant_id) as uow:
            await put_moderator(uow, moderator_of(request.moderator), self._clock())
        return pb.PutModeratorResponse(moderator=request.moderator)

    async def RemoveModerator(
        self, request: pb.RemoveModeratorRequest, context: Context
    ) -> pb.RemoveModeratorResponse:
        async with self._transactions(caller().tenant_id) as uow:
            cancelled = await remove_moderator(uow, request.staff_id, self._clock())
        return pb.RemoveModeratorResponse(cancelled_shifts=cancelled)

    async def ListShiftTemplates(
        self, request: pb.ListShiftTemplatesRequest, context: Context
    ) -> pb.ListShiftTemplatesResponse:
        listing = ShiftListing(optional_id(request.group_id), request.staff_id)
        async with self._transactions(caller().tenant_id) as uow:
            weekly = await list_shift_templates(uow, listing, self._clock())
        return pb.ListShiftTemplatesResponse(templates=[template_to_wire(it) for it in weekly])

    async def CreateShiftTemplate(
        self, request: pb.CreateShiftTemplateRequest, context: Context
    ) -> pb.CreateShiftTemplateResponse:
        now, weekly = self._clock(), template_of(request.template)
        async with self._transactions(caller().tenant_id) as uow:

            async def compute() -> pb.CreateShiftTemplateResponse:
                planned = await create_shift_template(uow, weekly, now)
                return pb.CreateShiftTemplateResponse(
                    template=template_to_wire(weekly), shifts=[shift_to_wire(it) for it in planned]
                )

            return await answer_once(
                uow.idempotency, "CreateShiftTemplate", request, pb.CreateShiftTemplateResponse, compute
            )

    async def EndShiftTemplate(
        self, request: pb.EndShiftTemplateRequest, context: Context
    ) -> pb.EndShiftTemplateResponse:
        async with self._transactions(caller().tenant_id) as uow:
            ended, cancelled = await end_shift_template(uow, UUID(request.template_id), self._clock())
        return pb.EndShiftTemplateResponse(template=template_to_wire(ended), cancelled_shifts=cancelled)

    async def ListShifts(self, request: pb.ListShiftsRequest, context: Context) -> pb.ListShiftsResponse:
        within = hours_ahead(request, self._clock())
        listing = ShiftListing(optional_id(request.group_id), request.staff_id)
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.shifts.page(PageRequest.of(request.page), within, listing)
        return pb.ListShiftsResponse(shifts=[shift_to_wire(it) for it in page.items], page_info=page.info())

    async def AddShift(self, request: pb.AddShiftRequest, context: Context) -> pb.AddShiftResponse:
        now, hours = self._clock(), hours_of(request.starts_at, request.ends_at)
        async with self._transactions(caller().tenant_id) as uow:

            async def compute() -> pb.AddShiftResponse:
                shift = await add_shift(uow, UUID(request.group_id), request.staff_id, hours, now)
                return pb.AddShiftResponse(shift=shift_to_wire(shift))

            return await answer_once(uow.idempotency, "AddShift", request, pb.AddShiftResponse, compute)

    async def CancelShift(self, request: pb.CancelShiftRequest, context: Context) -> pb.CancelShiftResponse:
        async with self._transactions(caller().tenant_id) as uow:
            shift = await cancel_shift(uow, UUID(request.shift_id), self._clock())
        return pb.CancelShiftResponse(shift=shift_to_wire(shift))

    async def ListCoverage(
        self, request: pb.ListCoverageRequest, context: Context
    ) -> pb.ListCoverageResponse:
        within = hours_of(request.from_at, request.until_at)
        async with self._transactions(caller().tenant_id) as uow:
            covers, policy = await list_coverage(uow, UUID(request.group_id), within)
        return pb.ListCoverageResponse(spans=[cover_to_wire(it, policy) for it in covers])

    async def ListRotaGaps(
        self, request: pb.ListRotaGapsRequest, context: Context
    ) -> pb.ListRotaGapsResponse:
        group_id = optional_id(request.group_id)
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.rota_gaps.page(PageRequest.of(request.page), group_id, request.closed)
        return pb.ListRotaGapsResponse(gaps=[gap_to_wire(it) for it in page.items], page_info=page.info())

    async def ListOnDuty(self, request: pb.ListOnDutyRequest, context: Context) -> pb.ListOnDutyResponse:
        listing = ShiftListing(optional_id(request.group_id))
        async with self._transactions(caller().tenant_id) as uow:
            running = await uow.shifts.on_duty(self._clock(), listing)
        return pb.ListOnDutyResponse(shifts=[shift_to_wire(it) for it in running])

    async def ListDutyTasks(
        self, request: pb.ListDutyTasksRequest, context: Context
    ) -> pb.ListDutyTasksResponse:
        identity = caller()
        async with self._transactions(identity.tenant_id) as uow:
            page = await list_duty_tasks(uow, PageRequest.of(request.page), identity.subject, self._clock())
        return pb.ListDutyTasksResponse(tasks=[task_to_wire(it) for it in page.items], page_info=page.info())

    async def ListShiftSwaps(
        self, request: pb.ListShiftSwapsRequest, context: Context
    ) -> pb.ListShiftSwapsResponse:
        status = optional(SwapStatus, request.status)
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.shift_swaps.page(PageRequest.of(request.page), status, request.staff_id)
        return pb.ListShiftSwapsResponse(
            swaps=[swap_to_wire(swap, shift) for swap, shift in page.items], page_info=page.info()
        )

    async def OfferShift(self, request: pb.OfferShiftRequest, context: Context) -> pb.OfferShiftResponse:
        now, identity = self._clock(), caller()
        async with self._transactions(identity.tenant_id) as uow:

            async def compute() -> pb.OfferShiftResponse:
                shift_id, any_of = UUID(request.shift_id), _ADMIN in identity.roles
                offered = await offer_shift(uow, shift_id, identity.subject, request.offered_to, any_of, now)
                return pb.OfferShiftResponse(swap=swap_to_wire(*offered))

            return await answer_once(uow.idempotency, "OfferShift", request, pb.OfferShiftResponse, compute)

    async def AnswerShiftSwap(
        self, request: pb.AnswerShiftSwapRequest, context: Context
    ) -> pb.AnswerShiftSwapResponse:
        identity, swap_id = caller(), UUID(request.swap_id)
        async with self._transactions(identity.tenant_id) as uow:
            answered = await answer_shift_swap(uow, swap_id, identity.subject, request.accept, self._clock())
        return pb.AnswerShiftSwapResponse(swap=swap_to_wire(*answered))

    async def GetRotaPolicy(
        self, request: pb.GetRotaPolicyRequest, context: Context
    ) -> pb.GetRotaPolicyResponse:
        async with self._transactions(caller().tenant_id) as uow:
            return pb.GetRotaPolicyResponse(policy=rota_policy_to_wire(await uow.rota_policies.current()))

    async def UpdateRotaPolicy(
        self, request: pb.UpdateRotaPolicyRequest, context: Context
    ) -> pb.UpdateRotaPolicyResponse:
        policy = rota_policy_of(request.policy)
        async with self._transactions(caller().tenant_id) as uow:
            updated = await update_rota_policy(uow, policy, request.expected_version, self._clock())
        return pb.UpdateRotaPolicyResponse(policy=rota_policy_to_wire(updated))
