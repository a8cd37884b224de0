"""Replace the tenant's policy by a new version."""

from dataclasses import replace
from datetime import datetime

from campaigns.application.ports import UnitOfWork
from campaigns.domain.errors import StaleVersion
from campaigns.domain.policy import CampaignPolicy


async def update_campaign_policy(
    uow: UnitOfWork, policy: CampaignPolicy, expected_version: int, now: datetime
) -> CampaignPolicy:
    """The version that follows `expected_version`; campaigns keep the interval they were scheduled with.

    Raises StaleVersion.
    """
    current = await uow.policies.current()
    if current.version != expected_version:
        raise StaleVersion(f"Version {current.version} is in force; read it and change that.")
    successor = replace(policy, version=current.version + 1)
    await uow.policies.add(successor, now)
    return successor
