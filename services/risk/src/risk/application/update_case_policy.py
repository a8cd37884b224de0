"""Replace the tenant's policy of cases by a new version."""

from datetime import datetime

from risk.application.ports import UnitOfWork
from risk.application.replace_policy import replace_policy
from risk.domain.case_policy import CasePolicy


async def update_case_policy(
    uow: UnitOfWork, policy: CasePolicy, expected_version: int, now: datetime
) -> CasePolicy:
    """The version that follows `expected_version`; for what is opened or claimed from now on.

    Raises StaleVersion.
    """
    return await replace_policy(uow.case_policies, policy, expected_version, now)
