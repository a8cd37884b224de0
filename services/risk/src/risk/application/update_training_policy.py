"""Replace the tenant's policy of training by a new version."""

from dataclasses import replace
from datetime import datetime

from risk.application.ports import UnitOfWork
from risk.domain.errors import StaleVersion
from risk.domain.training_policy import TrainingPolicy


async def update_training_policy(
    uow: UnitOfWork, policy: TrainingPolicy, expected_version: int, now: datetime
) -> TrainingPolicy:
    """The version that follows `expected_version`; for sessions opened from now on. Raises StaleVersion."""
    current = await uow.training_policies.current()
    if current.version != expected_version:
        raise StaleVersion(f"Version {current.version} is in force; read it and change that.")
    successor = replace(policy, version=current.version + 1)
    await uow.training_policies.add(successor, now)
    return successor
