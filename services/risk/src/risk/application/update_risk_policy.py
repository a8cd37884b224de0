"""The tenant sets its policy anew."""

from datetime import datetime

from risk.application.ports import UnitOfWork
from risk.domain.policy import RiskPolicy


async def update_risk_policy(
    uow: UnitOfWork, successor: RiskPolicy, expected_version: int, now: datetime
) -> RiskPolicy:
    """The next version, in force from the next batch on. Raises PolicyChanged, InvalidPolicy."""
    policy = (await uow.policies.current()).replaced_by(successor, expected_version)
    await uow.policies.add(policy, now)
    return policy
