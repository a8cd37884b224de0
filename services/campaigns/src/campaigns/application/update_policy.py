"""Replace the tenant's policy by a new version."""

from dataclasses import dataclass
from datetime import datetime

from campaigns.application.ports import UnitOfWork
from campaigns.domain.errors import PolicyChanged
from campaigns.domain.policy import CampaignPolicy


@dataclass(frozen=True, slots=True)
class UpdatePolicy:
    expected_version: int
    interval_days: int
    max_payment_deadline_seconds: int


async def update_policy(uow: UnitOfWork, command: UpdatePolicy, now: datetime) -> CampaignPolicy:
    """The new policy; campaigns keep the interval they were scheduled with. Raises PolicyChanged."""
    policy = CampaignPolicy(
        command.expected_version + 1, command.interval_days, command.max_payment_deadline_seconds
    )
    if not await uow.policies.replace(policy, now):
        raise PolicyChanged((await uow.policies.current()).version)
    return policy
