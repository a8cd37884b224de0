"""Replace the tenant's policy of cases by a new version."""

from dataclasses import replace
from datetime import datetime

from risk.application.ports import UnitOfWork
from risk.domain.case_policy import CasePolicy
from risk.domain.errors import StaleVersion


async def update_case_policy(
    uow: UnitOfWork, policy: CasePolicy, expected_version: int, now: datetime
) -> CasePolicy:
    """The version that follows `expected_version`; for what is opened or claimed from now on.

    Raises StaleVersion.
    """
    current = await uow.case_policies.current()
    if current.version != expected_version:
        raise StaleVersion(f"Version {current.version} is in force; read it and change that.")
    successor = replace(policy, version=current.version + 1)
    await uow.case_policies.add(successor, now)
    return successor
