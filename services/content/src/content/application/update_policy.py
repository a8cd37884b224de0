from datetime import datetime

from content.application.ports import UnitOfWork
from content.domain.policy import ContentPolicy


async def update_policy(
    uow: UnitOfWork, policy: ContentPolicy, expected_version: int, now: datetime
) -> ContentPolicy:
    """Replace the policy by a new version; plans made before keep what they have. Raises StaleVersion."""
    return await uow.policies.replace(policy, expected_version, now)
