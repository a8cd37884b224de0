"""Replace the tenant's policy by a new version."""

from datetime import datetime

from risk.application.lexicon_ports import TEXTS_EXPIRY
from risk.application.ports import UnitOfWork
from risk.application.replace_policy import replace_policy
from risk.domain.policy import RiskPolicy


async def update_risk_policy(
    uow: UnitOfWork, policy: RiskPolicy, expected_version: int, now: datetime
) -> RiskPolicy:
    """The version that follows `expected_version`; in force from the next batch on.

    Raises StaleVersion.
    """
    current = await uow.policies.current()
    successor = await replace_policy(uow.policies, policy, expected_version, now)
    if successor.keep_texts_days < current.keep_texts_days:
        await uow.timers.schedule(TEXTS_EXPIRY, "policy", now)
    return successor
