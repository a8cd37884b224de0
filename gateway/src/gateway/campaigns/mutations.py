"""Scheduling and cancelling campaigns; claims from reservation to refund."""

from datetime import datetime

import strawberry

from gateway.campaigns.types import Campaign, CampaignPolicy, Claim
from gateway.context import Info
from gateway.global_ids import uuid_of
from gateway.mutation import IDEMPOTENCY_KEY, Input, Payload, mutation, payload
from gateway.scalars import Int64
from gateway.segmentation.known import known_groups, known_member
from gateway.values import timestamp
from quanzi.campaigns.v1 import campaigns_pb2, claims_pb2

_CLAIM = "The claim after the step."


@strawberry.input(description="Input of `flashSaleSchedule`.")
class FlashSaleScheduleInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    external_reference: str = strawberry.field(description="Your own id of it, unique.", default="")
    name: str = strawberry.field(description="Name shown to operators, 1 to 100 characters.")
    groups: list[strawberry.ID] = strawberry.field(description="1 to 200 groups.")
    starts_at: datetime = strawberry.field(description="Begin of the window.")
    ends_at: datetime = strawberry.field(description="End of the window.")
    item_name: str = strawberry.field(description="What is sold, 1 to 100 characters.")
    stock: int = strawberry.field(description="Units for sale, 1 to 1,000,000.")
    per_member_limit: int = strawberry.field(description="Units one member may hold (限购), 1 to 1,000.")
    price_minor: Int64 = strawberry.field(
        description="Price of a unit in the tenant's currency, minor units."
    )
    payment_deadline_seconds: int = strawberry.field(description="How long a reservation waits for payment.")
    interval_override_reason: str = strawberry.field(
        description="Why to come closer than the interval between campaigns (活动间隔); audited.", default=""
    )


@payload(
    "IDEMPOTENCY_KEY_REUSED",
    "CAMPAIGN_TOO_CLOSE",
    "EXTERNAL_REFERENCE_TAKEN",
    "WINDOW_INVALID",
    "PAYMENT_DEADLINE_TOO_LONG",
)
class FlashSaleSchedulePayload(Payload):
    campaign: Campaign | None = strawberry.field(description="The campaign.", default=None)


@strawberry.input(description="Input of `campaignCancel`.")
class CampaignCancelInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    campaign: strawberry.ID = strawberry.field(description="The campaign.")


@payload("IDEMPOTENCY_KEY_REUSED", "CAMPAIGN_OVER")
class CampaignCancelPayload(Payload):
    campaign: Campaign | None = strawberry.field(description="The campaign.", default=None)


@strawberry.input(description="Input of `claimReserve`.")
class ClaimReserveInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    campaign: strawberry.ID = strawberry.field(description="The flash sale.")
    member: strawberry.ID = strawberry.field(description="For whom.")
    quantity: int = strawberry.field(description="Units, 1 to 1,000.", default=1)


@payload("IDEMPOTENCY_KEY_REUSED", "SOLD_OUT", "LIMIT_REACHED", "SALE_NOT_OPEN")
class ClaimReservePayload(Payload):
    claim: Claim | None = strawberry.field(description="The claim: pay until `payUntil`.", default=None)


@strawberry.input(description="Input of `claimPay`.")
class ClaimPayInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    claim: strawberry.ID = strawberry.field(description="The claim.")
    payment_reference: str = strawberry.field(description="The shop's payment reference.")
    amount_minor: Int64 = strawberry.field(description="What was paid, minor units.")
    currency: str = strawberry.field(description="ISO 4217 code of what was paid.")


@payload("IDEMPOTENCY_KEY_REUSED", "PAYMENT_MISMATCH", "CLAIM_STEP_REFUSED")
class ClaimPayPayload(Payload):
    claim: Claim | None = strawberry.field(description=_CLAIM, default=None)


@strawberry.input(description="Input of `claimFulfil`.")
class ClaimFulfilInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    claim: strawberry.ID = strawberry.field(description="The claim.")


@payload("IDEMPOTENCY_KEY_REUSED", "CLAIM_STEP_REFUSED")
class ClaimFulfilPayload(Payload):
    claim: Claim | None = strawberry.field(description=_CLAIM, default=None)


@strawberry.input(description="Input of `claimConfirmRefund`.")
class ClaimConfirmRefundInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    claim: strawberry.ID = strawberry.field(description="The claim.")
    refund_reference: str = strawberry.field(description="The shop's refund reference.")


@payload("IDEMPOTENCY_KEY_REUSED", "NO_REFUND_OWED")
class ClaimConfirmRefundPayload(Payload):
    claim: Claim | None = strawberry.field(description=_CLAIM, default=None)


@strawberry.input(description="Input of `campaignPolicyUpdate`.")
class CampaignPolicyUpdateInput:
    interval_days: int = strawberry.field(description="Days between campaigns of the same group, 0 to 90.")
    max_payment_deadline_seconds: int = strawberry.field(description="Longest payment deadline, to 86,400.")
    expected_version: int = strawberry.field(description="Version you read; another one is refused.")


@payload("STALE_VERSION")
class CampaignPolicyUpdatePayload(Payload):
    policy: CampaignPolicy | None = strawberry.field(description="The new policy.", default=None)


@strawberry.type
class CampaignMutations:
    @mutation("Schedules a flash sale (限时秒杀).")
    async def flash_sale_schedule(
        self, info: Info, input: Input[FlashSaleScheduleInput]
    ) -> FlashSaleSchedulePayload | None:
        request = campaigns_pb2.ScheduleFlashSaleRequest(
            idempotency_key=input.idempotency_key,
            external_reference=input.external_reference,
            name=input.name,
            group_ids=await known_groups(info, input.groups),
            starts_at=timestamp(input.starts_at),
            ends_at=timestamp(input.ends_at),
            item_name=input.item_name,
            stock=input.stock,
            per_member_limit=input.per_member_limit,
            price_minor=input.price_minor,
            payment_deadline_seconds=input.payment_deadline_seconds,
            interval_override_reason=input.interval_override_reason,
        )
        answer = await info.context.clients.campaigns.ScheduleFlashSale(request)
        return FlashSaleSchedulePayload(campaign=Campaign.of(answer.campaign))

    @mutation(
        "Cancels a campaign that has not ended (取消活动): reservations are released, payments refunded."
    )
    async def campaign_cancel(
        self, info: Info, input: Input[CampaignCancelInput]
    ) -> CampaignCancelPayload | None:
        request = campaigns_pb2.CancelCampaignRequest(
            idempotency_key=input.idempotency_key,
            campaign_id=uuid_of(input.campaign, "Campaign", "campaign"),
        )
        answer = await info.context.clients.campaigns.CancelCampaign(request)
        return CampaignCancelPayload(campaign=Campaign.of(answer.campaign))

    @mutation("Reserves units of a flash sale for a member (预占).")
    async def claim_reserve(self, info: Info, input: Input[ClaimReserveInput]) -> ClaimReservePayload | None:
        request = claims_pb2.ClaimItemRequest(
            idempotency_key=input.idempotency_key,
            campaign_id=uuid_of(input.campaign, "Campaign", "campaign"),
            member_id=await known_member(info, input.member),
            quantity=input.quantity,
        )
        answer = await info.context.clients.claims.ClaimItem(request)
        return ClaimReservePayload(claim=Claim.of(answer.claim))

    @mutation("Records a payment (支付); after expiry it is owed back, and never lost.")
    async def claim_pay(self, info: Info, input: Input[ClaimPayInput]) -> ClaimPayPayload | None:
        request = claims_pb2.PayClaimRequest(
            idempotency_key=input.idempotency_key,
            claim_id=uuid_of(input.claim, "Claim", "claim"),
            payment_reference=input.payment_reference,
            amount_minor=input.amount_minor,
            currency=input.currency,
        )
        answer = await info.context.clients.claims.PayClaim(request)
        return ClaimPayPayload(claim=Claim.of(answer.claim))

    @mutation("Says that the goods of a paid claim were handed over (履约).")
    async def claim_fulfil(self, info: Info, input: Input[ClaimFulfilInput]) -> ClaimFulfilPayload | None:
        request = claims_pb2.FulfilClaimRequest(
            idempotency_key=input.idempotency_key, claim_id=uuid_of(input.claim, "Claim", "claim")
        )
        answer = await info.context.clients.claims.FulfilClaim(request)
        return ClaimFulfilPayload(claim=Claim.of(answer.claim))

    @mutation("Says that a payment owed back was refunded (确认退款).")
    async def claim_confirm_refund(
        self, info: Info, input: Input[ClaimConfirmRefundInput]
    ) -> ClaimConfirmRefundPayload | None:
        request = claims_pb2.ConfirmRefundRequest(
            idempotency_key=input.idempotency_key,
            claim_id=uuid_of(input.claim, "Claim", "claim"),
            refund_reference=input.refund_reference,
        )
        answer = await info.context.clients.claims.ConfirmRefund(request)
        return ClaimConfirmRefundPayload(claim=Claim.of(answer.claim))

    @mutation("Replaces the campaign policy (活动规则).")
    async def campaign_policy_update(
        self, info: Info, input: Input[CampaignPolicyUpdateInput]
    ) -> CampaignPolicyUpdatePayload | None:
        policy = campaigns_pb2.CampaignPolicy(
            interval_days=input.interval_days,
            max_payment_deadline_seconds=input.max_payment_deadline_seconds,
        )
        answer = await info.context.clients.campaigns.UpdateCampaignPolicy(
            campaigns_pb2.UpdateCampaignPolicyRequest(policy=policy, expected_version=input.expected_version)
        )
        return CampaignPolicyUpdatePayload(policy=CampaignPolicy.of(answer.policy))
