"""Campaigns and claims as the graph shows them."""

from datetime import datetime
from enum import Enum
from typing import Self

import strawberry

from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import Node, global_id
from gateway.segmentation.groups import Group
from gateway.segmentation.members import Member
from gateway.values import Money, by_number, moment, money
from quanzi.campaigns.v1 import campaigns_pb2, claims_pb2


@strawberry.enum(description="Kinds of campaigns (活动类型).")
class CampaignType(Enum):
    FLASH_SALE = strawberry.enum_value(campaigns_pb2.CAMPAIGN_TYPE_FLASH_SALE, description="限时秒杀")


@strawberry.enum(description="States of a campaign; open and closed follow from its window.")
class CampaignStatus(Enum):
    SCHEDULED = strawberry.enum_value(campaigns_pb2.CAMPAIGN_STATUS_SCHEDULED, description="已排期")
    OPEN = strawberry.enum_value(campaigns_pb2.CAMPAIGN_STATUS_OPEN, description="进行中")
    CLOSED = strawberry.enum_value(campaigns_pb2.CAMPAIGN_STATUS_CLOSED, description="已结束")
    CANCELLED = strawberry.enum_value(campaigns_pb2.CAMPAIGN_STATUS_CANCELLED, description="已取消")


@strawberry.enum(description="States of a claim (预占).")
class ClaimStatus(Enum):
    RESERVED = strawberry.enum_value(
        claims_pb2.CLAIM_STATUS_RESERVED, description="已预占: stock is held until `payUntil`."
    )
    PAID = strawberry.enum_value(claims_pb2.CLAIM_STATUS_PAID, description="已支付")
    FULFILLED = strawberry.enum_value(claims_pb2.CLAIM_STATUS_FULFILLED, description="已履约")
    EXPIRED = strawberry.enum_value(
        claims_pb2.CLAIM_STATUS_EXPIRED, description="已过期: not paid in time, stock returned."
    )
    LATE_PAID = strawberry.enum_value(
        claims_pb2.CLAIM_STATUS_LATE_PAID, description="过期支付: the payment is owed back."
    )
    REFUNDED = strawberry.enum_value(claims_pb2.CLAIM_STATUS_REFUNDED, description="已退款")
    RELEASED = strawberry.enum_value(
        claims_pb2.CLAIM_STATUS_RELEASED, description="已释放: the campaign was cancelled before payment."
    )


CAMPAIGN_TYPES = by_number(CampaignType)
CAMPAIGN_STATUSES = by_number(CampaignStatus)
CLAIM_STATUSES = by_number(ClaimStatus)


@strawberry.type(description="Stock and terms of a flash sale; available + reserved + sold = total, always.")
class FlashSale:
    item_name: str = strawberry.field(description="What is sold.")
    total: int = strawberry.field(description="Units for sale.")
    available: int = strawberry.field(description="Units that can be claimed (剩余库存).")
    reserved: int = strawberry.field(description="Units held until paid (已预占).")
    sold: int = strawberry.field(description="Units paid (已售).")
    per_member_limit: int = strawberry.field(description="Units one member may hold (限购).")
    price: Money = strawberry.field(description="Price of a unit.")
    payment_deadline_seconds: int = strawberry.field(description="How long a reservation waits for payment.")

    @classmethod
    def of(cls, sale: campaigns_pb2.FlashSale) -> Self:
        return cls(
            item_name=sale.item_name,
            total=sale.total,
            available=sale.available,
            reserved=sale.reserved,
            sold=sale.sold,
            per_member_limit=sale.per_member_limit,
            price=money(sale.price_minor, sale.currency),
            payment_deadline_seconds=sale.payment_deadline_seconds,
        )


@strawberry.type(description="A campaign (活动) for one or several groups.")
class Campaign(Node):
    external_reference: str | None = strawberry.field(description="Your own id of it.")
    type: CampaignType = strawberry.field(description="Kind.")
    status: CampaignStatus = strawberry.field(description="State.")
    name: str = strawberry.field(description="Name shown to operators.")
    starts_at: datetime = strawberry.field(description="Begin of the window.")
    ends_at: datetime = strawberry.field(description="End of the window.")
    flash_sale: FlashSale | None = strawberry.field(description="Stock and terms of a flash sale.")
    interval_override_reason: str | None = strawberry.field(
        description="Why the interval between campaigns was overridden; null if it was not."
    )
    created_at: datetime = strawberry.field(description="When it was scheduled.")
    group_uuids: strawberry.Private[list[str]]

    @resolved("The groups it is for.")
    def groups(self, info: Info) -> list[Group | None]:
        groups = info.context.loaders.segmentation.groups
        return [groups.load(uuid) for uuid in self.group_uuids]  # type: ignore[misc] # each awaited alone

    @classmethod
    def of(cls, campaign: campaigns_pb2.Campaign) -> Self:
        return cls(
            id=global_id("Campaign", campaign.id),
            external_reference=campaign.external_reference or None,
            type=CAMPAIGN_TYPES[campaign.type],
            status=CAMPAIGN_STATUSES[campaign.status],
            name=campaign.name,
            starts_at=moment(campaign.starts_at),
            ends_at=moment(campaign.ends_at),
            flash_sale=FlashSale.of(campaign.flash_sale) if campaign.HasField("flash_sale") else None,
            interval_override_reason=campaign.interval_override_reason or None,
            created_at=moment(campaign.created_at),
            group_uuids=list(campaign.group_ids),
        )


@strawberry.type(description="A member's hold on units of a flash sale (预占).")
class Claim(Node):
    quantity: int = strawberry.field(description="Units.")
    amount: Money = strawberry.field(description="What they cost together.")
    status: ClaimStatus = strawberry.field(description="State.")
    reserved_at: datetime = strawberry.field(description="When they were reserved.")
    pay_until: datetime = strawberry.field(description="Until when to pay (支付时限).")
    payment_reference: str | None = strawberry.field(description="The shop's payment reference, once paid.")
    message: strawberry.Private[claims_pb2.Claim]

    @resolved("The campaign.")
    async def campaign(self, info: Info) -> Campaign | None:
        return await info.context.loaders.campaigns.campaigns.load(self.message.campaign_id)

    @resolved("The member.")
    async def member(self, info: Info) -> Member | None:
        return await info.context.loaders.segmentation.members.load(self.message.member_id)

    @classmethod
    def of(cls, claim: claims_pb2.Claim) -> Self:
        return cls(
            id=global_id("Claim", claim.id),
            quantity=claim.quantity,
            amount=money(claim.amount_minor, claim.currency),
            status=CLAIM_STATUSES[claim.status],
            reserved_at=moment(claim.reserved_at),
            pay_until=moment(claim.pay_until),
            payment_reference=claim.payment_reference or None,
            message=claim,
        )


@strawberry.type(description="Rules of campaigns; every change makes a new version.")
class CampaignPolicy:
    version: int = strawberry.field(description="Counts changes.")
    interval_days: int = strawberry.field(description="Days between campaigns of the same group (活动间隔).")
    max_payment_deadline_seconds: int = strawberry.field(description="Longest payment deadline allowed.")

    @classmethod
    def of(cls, policy: campaigns_pb2.CampaignPolicy) -> Self:
        return cls(
            version=policy.version,
            interval_days=policy.interval_days,
            max_payment_deadline_seconds=policy.max_payment_deadline_seconds,
        )
