"""Schedule a flash sale for groups."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from campaigns.application.ports import UnitOfWork
from campaigns.application.timer_kinds import CAMPAIGN_CLOSE, CAMPAIGN_OPEN
from campaigns.domain.campaign import Campaign, IntervalOverride
from campaigns.domain.events import CampaignScheduled
from campaigns.domain.flash_sale import Terms
from campaigns.domain.window import Window
from chassis.ids import new_id


@dataclass(frozen=True, slots=True)
class ScheduleFlashSale:
    """Price in minor units of the tenant's currency. The groups are trusted to exist: others own them."""

    name: str
    external_reference: str | None
    group_ids: tuple[UUID, ...]
    starts_at: datetime
    ends_at: datetime
    item_name: str
    stock: int
    per_member_limit: int
    price_minor: int
    payment_deadline_seconds: int
    override: IntervalOverride | None


async def schedule_flash_sale(uow: UnitOfWork, command: ScheduleFlashSale, now: datetime) -> Campaign:
    """A campaign that opens and closes by itself.

    Raises WindowInvalid, PaymentDeadlineTooLong, ExternalReferenceTaken, CampaignTooClose.
    """
    policy = await uow.policies.current()
    tenant = await uow.tenants.profile()
    campaign = Campaign.schedule_flash_sale(
        new_id(),
        command.name,
        command.group_ids,
        Window.ahead(command.starts_at, command.ends_at, now),
        Terms(
            item_name=command.item_name,
            per_member_limit=command.per_member_limit,
            price_minor=command.price_minor,
            currency=tenant.currency,
            payment_deadline_seconds=command.payment_deadline_seconds,
        ),
        command.stock,
        policy,
        now,
        external_reference=command.external_reference,
        override=command.override,
    )
    await uow.campaigns.add(campaign, occupied_until=campaign.window.ends_at + policy.interval)
    await uow.timers.schedule(CAMPAIGN_OPEN, str(campaign.id), campaign.window.starts_at)
    await uow.timers.schedule(CAMPAIGN_CLOSE, str(campaign.id), campaign.window.ends_at)
    await uow.publish(
        CampaignScheduled(
            campaign.id, campaign.type, campaign.group_ids, campaign.window.starts_at, campaign.window.ends_at
        ),
        at=now,
    )
    return campaign
