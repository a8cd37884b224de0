"""Replace the tenant's policy of the watch on opinion by a new version."""

from dataclasses import replace
from datetime import datetime

from risk.application.ports import UnitOfWork
from risk.domain.errors import StaleVersion
from risk.domain.opinion_policy import OpinionPolicy


async def update_opinion_policy(
    uow: UnitOfWork, policy: OpinionPolicy, expected_version: int, now: datetime
) -> OpinionPolicy:
    """The version that follows `expected_version`; for what is said or judged from now on.

    Raises StaleVersion.
    """
    current = await uow.opinion_policies.current()
    if current.version != expected_version:
        raise StaleVersion(f"Version {current.version} is in force; read it and change that.")
    successor = replace(policy, version=current.version + 1)
    await uow.opinion_policies.add(successor, now)
    return successor
