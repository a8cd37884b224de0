"""Replace the tenant's policy by a new version."""

from dataclasses import replace
from datetime import datetime

from support.application.ports import UnitOfWork
from support.domain.errors import StaleVersion
from support.domain.policy import SupportPolicy


async def update_support_policy(
    uow: UnitOfWork, policy: SupportPolicy, expected_version: int, now: datetime
) -> SupportPolicy:
    """The version that follows `expected_version`; clocks already running keep theirs.

    Raises StaleVersion.
    """
    current = await uow.policies.current()
    if current.version != expected_version:
        raise StaleVersion(f"Version {current.version} is in force; read it and change that.")
    successor = replace(policy, version=current.version + 1)
    await uow.policies.add(successor, now)
    return successor
