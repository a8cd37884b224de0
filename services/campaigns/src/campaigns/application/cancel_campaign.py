"""Cancel a campaign that has not ended."""

from datetime import datetime
from uuid import UUID

from campaigns.application.ports import UnitOfWork
from campaigns.application.timer_kinds import CAMPAIGN_UNWIND
from campaigns.domain.campaign import Campaign
from campaigns.domain.errors import CampaignNotFound, CampaignOver
from campaigns.domain.events import CampaignCancelled


async def cancel_campaign(uow: UnitOfWork, campaign_id: UUID, now: datetime) -> Campaign:
    """From the commit on nothing can be claimed; a timer due at once unwinds the claims there are.

    Raises CampaignNotFound, CampaignOver.
    """
    found = await uow.campaigns.many([campaign_id])
    if not found:
        raise CampaignNotFound(campaign_id)
    campaign = found[0].cancel(now)
    if not await uow.campaigns.cancel(campaign):
        raise CampaignOver(campaign_id, campaign.status(now))
    await uow.timers.schedule(CAMPAIGN_UNWIND, str(campaign_id), now)
    await uow.publish(CampaignCancelled(campaign_id), at=now)
    return campaign
