"""CampaignService: translate, open one transaction, call one use case, translate back."""

from typing import Any
from uuid import UUID

import grpc

from campaigns.application.cancel_campaign import cancel_campaign
from campaigns.application.ports import Transactions
from campaigns.application.schedule_flash_sale import ScheduleFlashSale, schedule_flash_sale
from campaigns.application.update_campaign_policy import update_campaign_policy
from campaigns.domain.campaign import IntervalOverride
from campaigns.entrypoints.wire import campaign_to_wire, policy_of, policy_to_wire
from chassis.clock import Clock
from chassis.idempotency import answer_once
from chassis.identity import caller
from chassis.ids import optional_id
from chassis.paging import PageRequest
from chassis.timestamps import moment
from quanzi.campaigns.v1.campaigns_pb2 import (
    BatchGetCampaignsRequest,
    BatchGetCampaignsResponse,
    CancelCampaignRequest,
    CancelCampaignResponse,
    GetCampaignPolicyRequest,
    GetCampaignPolicyResponse,
    ListCampaignsRequest,
    ListCampaignsResponse,
    ScheduleFlashSaleRequest,
    ScheduleFlashSaleResponse,
    UpdateCampaignPolicyRequest,
    UpdateCampaignPolicyResponse,
)
from quanzi.campaigns.v1.campaigns_pb2_grpc import CampaignServiceServicer

Context = grpc.aio.ServicerContext[Any, Any]


class CampaignsRpc(CampaignServiceServicer):
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions, self._clock = transactions, clock

    async def ScheduleFlashSale(
        self, request: ScheduleFlashSaleRequest, _: Context
    ) -> ScheduleFlashSaleResponse:
        now, identity = self._clock(), caller()
        async with self._transactions(identity.tenant_id) as uow:

            async def compute() -> ScheduleFlashSaleResponse:
                command = _schedule_command(request, identity.subject)
                campaign = await schedule_flash_sale(uow, command, now)
                return ScheduleFlashSaleResponse(campaign=campaign_to_wire(campaign, now))

            return await answer_once(
                uow.idempotency, "ScheduleFlashSale", request, ScheduleFlashSaleResponse, compute
            )

    async def CancelCampaign(self, request: CancelCampaignRequest, _: Context) -> CancelCampaignResponse:
        now = self._clock()
        async with self._transactions(caller().tenant_id) as uow:

            async def compute() -> CancelCampaignResponse:
                campaign = await cancel_campaign(uow, UUID(request.campaign_id), now)
                return CancelCampaignResponse(campaign=campaign_to_wire(campaign, now))

            return await answer_once(
                uow.idempotency, "CancelCampaign", request, CancelCampaignResponse, compute
            )

    async def BatchGetCampaigns(
        self, request: BatchGetCampaignsRequest, _: Context
    ) -> BatchGetCampaignsResponse:
        now = self._clock()
        async with self._transactions(caller().tenant_id) as uow:
            found = await uow.campaigns.many([UUID(campaign_id) for campaign_id in request.ids])
        return BatchGetCampaignsResponse(campaigns=[campaign_to_wire(campaign, now) for campaign in found])

    async def ListCampaigns(self, request: ListCampaignsRequest, _: Context) -> ListCampaignsResponse:
        now = self._clock()
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.campaigns.page(PageRequest.of(request.page), optional_id(request.group_id))
        return ListCampaignsResponse(
            campaigns=[campaign_to_wire(campaign, now) for campaign in page.items],
            page_info=page.info(),
        )

    async def GetCampaignPolicy(
        self, _request: GetCampaignPolicyRequest, _: Context
    ) -> GetCampaignPolicyResponse:
        async with self._transactions(caller().tenant_id) as uow:
            return GetCampaignPolicyResponse(policy=policy_to_wire(await uow.policies.current()))

    async def UpdateCampaignPolicy(
        self, request: UpdateCampaignPolicyRequest, _: Context
    ) -> UpdateCampaignPolicyResponse:
        wanted = policy_of(request.policy)
        async with self._transactions(caller().tenant_id) as uow:
            policy = await update_campaign_policy(uow, wanted, request.expected_version, self._clock())
        return UpdateCampaignPolicyResponse(policy=policy_to_wire(policy))


def _schedule_command(request: ScheduleFlashSaleRequest, requested_by: str) -> ScheduleFlashSale:
    reason = request.interval_override_reason
    return ScheduleFlashSale(
        name=request.name,
        external_reference=request.external_reference or None,
        group_ids=tuple(UUID(group_id) for group_id in request.group_ids),
        starts_at=moment(request.starts_at),
        ends_at=moment(request.ends_at),
        item_name=request.item_name,
        stock=request.stock,
        per_member_limit=request.per_member_limit,
        price_minor=request.price_minor,
        payment_deadline_seconds=request.payment_deadline_seconds,
        override=IntervalOverride(reason, requested_by) if reason else None,
    )
