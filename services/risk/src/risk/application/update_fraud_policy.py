"""Replace the tenant's policy of fraud by a new version."""

from datetime import datetime

from risk.application.ports import UnitOfWork
from risk.application.replace_policy import replace_policy
from risk.domain.fraud_policy import FraudPolicy


async def update_fraud_policy(
    uow: UnitOfWork, policy: FraudPolicy, expected_version: int, now: datetime
) -> FraudPolicy:
    """The version that follows `expected_version`. Raises StaleVersion."""
    return await replace_policy(uow.fraud_policies, policy, expected_version, now)
