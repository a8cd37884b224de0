"""Replace the tenant's policy by a new version."""

from dataclasses import replace
from datetime import datetime

from risk.application.lexicon_ports import TEXTS_EXPIRY
from risk.application.ports import UnitOfWork
from risk.domain.errors import StaleVersion
from risk.domain.policy import RiskPolicy


async def update_risk_policy(
    uow: UnitOfWork, policy: RiskPolicy, expected_version: int, now: datetime
) -> RiskPolicy:
    """The version that follows `expected_version`; in force from the next batch on.

    Raises StaleVersion.
    """
    current = await uow.policies.current()
    if current.version != expected_version:
        raise StaleVersion(f"Version {current.version} is in force; read it and change that.")
    successor = replace(policy, version=current.version + 1)
    await uow.policies.add(successor, now)
    if successor.keep_texts_days < current.keep_texts_days:
        await uow.timers.schedule(TEXTS_EXPIRY, "policy", now)
    return successor
