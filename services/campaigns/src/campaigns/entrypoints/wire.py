"""Domain values as the messages of proto/quanzi/campaigns/v1, and back."""

from datetime import datetime

from campaigns.domain.campaign import Campaign
from campaigns.domain.claim import Claim
from campaigns.domain.flash_sale import FlashSale
from campaigns.domain.policy import CampaignPolicy
from campaigns.enums import CAMPAIGN_STATUSES, CAMPAIGN_TYPES, CLAIM_STATUSES
from chassis.timestamps import timestamp
from quanzi.campaigns.v1 import campaigns_pb2, claims_pb2


def campaign_to_wire(campaign: Campaign, now: datetime) -> campaigns_pb2.Campaign:
    return campaigns_pb2.Campaign(
        id=str(campaign.id),
        external_reference=campaign.external_reference or "",
        type=CAMPAIGN_TYPES.number(campaign.type),
        status=CAMPAIGN_STATUSES.number(campaign.status(now)),
        name=campaign.name,
        group_ids=[str(group_id) for group_id in campaign.group_ids],
        starts_at=timestamp(campaign.window.starts_at),
        ends_at=timestamp(campaign.window.ends_at),
        flash_sale=_flash_sale_to_wire(campaign.flash_sale),
        interval_override_reason=campaign.override.reason if campaign.override else "",
        created_at=timestamp(campaign.created_at),
    )


def _flash_sale_to_wire(sale: FlashSale) -> campaigns_pb2.FlashSale:
    return campaigns_pb2.FlashSale(
        item_name=sale.terms.item_name,
        total=sale.stock.total,
        available=sale.stock.available,
        reserved=sale.stock.reserved,
        sold=sale.stock.sold,
        per_member_limit=sale.terms.per_member_limit,
        price_minor=sale.terms.price_minor,
        currency=sale.terms.currency,
        payment_deadline_seconds=sale.terms.payment_deadline_seconds,
    )


def claim_to_wire(claim: Claim) -> claims_pb2.Claim:
    return claims_pb2.Claim(
        id=str(claim.id),
        campaign_id=str(claim.campaign_id),
        member_id=str(claim.member_id),
        quantity=claim.quantity,
        amount_minor=claim.amount_minor,
        currency=claim.currency,
        status=CLAIM_STATUSES.number(claim.status),
        reserved_at=timestamp(claim.reserved_at),
        pay_until=timestamp(claim.pay_until),
        payment_reference=claim.payment_reference or "",
    )


def policy_to_wire(policy: CampaignPolicy) -> campaigns_pb2.CampaignPolicy:
    return campaigns_pb2.CampaignPolicy(
        version=policy.version,
        interval_days=policy.interval_days,
        max_payment_deadline_seconds=policy.max_payment_deadline_seconds,
    )


def policy_of(message: campaigns_pb2.CampaignPolicy) -> CampaignPolicy:
    return CampaignPolicy(
        interval_days=message.interval_days, max_payment_deadline_seconds=message.max_payment_deadline_seconds
    )
