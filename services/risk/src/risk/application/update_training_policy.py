"""Replace the tenant's policy of training by a new version."""

from datetime import datetime

from risk.application.ports import UnitOfWork
from risk.application.replace_policy import replace_policy
from risk.domain.training_policy import TrainingPolicy


async def update_training_policy(
    uow: UnitOfWork, policy: TrainingPolicy, expected_version: int, now: datetime
) -> TrainingPolicy:
    """The version that follows `expected_version`; for sessions opened from now on. Raises StaleVersion."""
    return await replace_policy(uow.training_policies, policy, expected_version, now)
