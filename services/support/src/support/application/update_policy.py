from datetime import datetime

from support.application.ports import UnitOfWork
from support.domain.policy import SupportPolicy


async def update_policy(
    uow: UnitOfWork, policy: SupportPolicy, expected_version: int, now: datetime
) -> SupportPolicy:
    """Replace the policy by a new version; clocks already running keep theirs. Raises StaleVersion."""
    return await uow.policies.replace(policy, expected_version, now)
