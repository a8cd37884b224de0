"""Replace the tenant's policy by a new version."""

from dataclasses import replace
from datetime import datetime

from content.application.ports import UnitOfWork
from content.domain.errors import StaleVersion
from content.domain.policy import ContentPolicy


async def update_content_policy(
    uow: UnitOfWork, policy: ContentPolicy, expected_version: int, now: datetime
) -> ContentPolicy:
    """The version that follows `expected_version`; plans made before keep what they have.

    Raises StaleVersion.
    """
    current = await uow.policies.current()
    if current.version != expected_version:
        raise StaleVersion(f"Version {current.version} is in force; read it and change that.")
    successor = replace(policy, version=current.version + 1)
    await uow.policies.add(successor, now)
    return successor
