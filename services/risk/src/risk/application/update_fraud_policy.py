"""Replace the tenant's policy of fraud by a new version."""

from dataclasses import replace
from datetime import datetime

from risk.application.ports import UnitOfWork
from risk.domain.errors import StaleVersion
from risk.domain.fraud_policy import FraudPolicy


async def update_fraud_policy(
    uow: UnitOfWork, policy: FraudPolicy, expected_version: int, now: datetime
) -> FraudPolicy:
    """The version that follows `expected_version`. Raises StaleVersion."""
    current = await uow.fraud_policies.current()
    if current.version != expected_version:
        raise StaleVersion(f"Version {current.version} is in force; read it and change that.")
    successor = replace(policy, version=current.version + 1)
    await uow.fraud_policies.add(successor, now)
    return successor
