"""Say that the windows of campaigns began or ended. Cancelled campaigns neither open nor close."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from campaigns.application.ports import UnitOfWork
from campaigns.domain.events import CampaignClosed, CampaignOpened


async def announce_opening(uow: UnitOfWork, campaign_ids: Sequence[UUID], now: datetime) -> None:
    """For campaigns whose start has come."""
    found = await uow.campaigns.many(campaign_ids)
    await uow.publish(*(CampaignOpened(c.id, c.group_ids) for c in found if not c.cancelled_at), at=now)


async def announce_closing(uow: UnitOfWork, campaign_ids: Sequence[UUID], now: datetime) -> None:
    """For campaigns whose end has come."""
    found = await uow.campaigns.many(campaign_ids)
    await uow.publish(*(CampaignClosed(c.id) for c in found if not c.cancelled_at), at=now)
