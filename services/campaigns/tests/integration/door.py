"""A client of the running service, and what the tests ask of it again and again."""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import grpc

from chassis.identity import Caller, Signer, calling_as
from chassis.ids import new_id
from chassis.rpc.client import ForwardedCredentials, open_channel
from chassis.rpc.errors import Refusal
from chassis.testbed.processes import ServiceProcess
from chassis.timestamps import timestamp
from quanzi.campaigns.v1.campaigns_pb2 import BatchGetCampaignsRequest, Campaign, ScheduleFlashSaleRequest
from quanzi.campaigns.v1.campaigns_pb2_grpc import CampaignServiceStub
from quanzi.campaigns.v1.claims_pb2 import Claim, ClaimItemRequest, PayClaimRequest
from quanzi.campaigns.v1.claims_pb2_grpc import ClaimServiceStub

TIMEOUT = 60.0


class Door:
    def __init__(self, process: ServiceProcess, signer: Signer) -> None:
        self.process = process
        self._credentials = ForwardedCredentials(signer)
        self._channels: list[grpc.aio.Channel] = []
        self._open()

    def _open(self) -> None:
        channel = open_channel(self.process.address, self._credentials, deadline=TIMEOUT)
        self._channels.append(channel)
        self.campaigns = CampaignServiceStub(channel)
        self.claims = ClaimServiceStub(channel)

    async def kill_and_restart(self) -> None:
        """Calls on their way fail by themselves, as they would for any client."""
        await asyncio.to_thread(self.process.kill)
        await asyncio.to_thread(self.process.start)
        self._open()

    async def close(self) -> None:
        for channel in self._channels:
            await channel.close()

    async def schedule(self, **changes: Any) -> Campaign:
        """A sale of 100 units, 2 per member, open for an hour."""
        return (await self.campaigns.ScheduleFlashSale(schedule_request(**changes))).campaign

    async def claim(
        self, campaign_id: str, quantity: int = 1, key: str | None = None, member_id: str | None = None
    ) -> Claim:
        request = ClaimItemRequest(
            idempotency_key=key or str(new_id()),
            campaign_id=campaign_id,
            member_id=member_id or str(new_id()),
            quantity=quantity,
        )
        return (await self.claims.ClaimItem(request)).claim

    async def pay(self, claim: Claim, reference: str, amount: int | None = None) -> Claim:
        request = PayClaimRequest(
            idempotency_key=str(new_id()),
            claim_id=claim.id,
            payment_reference=reference,
            amount_minor=claim.amount_minor if amount is None else amount,
            currency=claim.currency,
        )
        return (await self.claims.PayClaim(request)).claim

    async def campaign(self, campaign_id: str) -> Campaign:
        return (
            await self.campaigns.BatchGetCampaigns(BatchGetCampaignsRequest(ids=[campaign_id]))
        ).campaigns[0]

    async def stock(self, campaign_id: str) -> tuple[int, int, int]:
        """(available, reserved, sold)"""
        sale = (await self.campaign(campaign_id)).flash_sale
        return sale.available, sale.reserved, sale.sold


def schedule_request(**changes: Any) -> ScheduleFlashSaleRequest:
    now = datetime.now(UTC)
    values = {
        "idempotency_key": str(new_id()),
        "name": "双十一秒杀",
        "group_ids": [str(new_id())],
        "starts_at": timestamp(now),
        "ends_at": timestamp(now + timedelta(hours=1)),
        "item_name": "保温杯",
        "stock": 100,
        "per_member_limit": 2,
        "price_minor": 4990,
        "payment_deadline_seconds": 900,
    }
    return ScheduleFlashSaleRequest(**(values | changes))


def as_caller(tenant_id: UUID, *roles: str) -> Any:
    return calling_as(Caller(tenant_id, "operator-1", frozenset(roles or {"admin"}), "gateway"))


async def refusal(call: Awaitable[object]) -> tuple[str, str | None]:
    """(reason, field) of a call that must fail."""
    try:
        await call
    except grpc.aio.AioRpcError as error:
        refused = Refusal.of(error)
        return refused.reason, refused.field
    raise AssertionError("the call was not refused")
