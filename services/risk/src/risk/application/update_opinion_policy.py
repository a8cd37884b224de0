"""Replace the tenant's policy of the watch on opinion by a new version."""

from datetime import datetime

from risk.application.ports import UnitOfWork
from risk.application.replace_policy import replace_policy
from risk.domain.opinion_policy import OpinionPolicy


async def update_opinion_policy(
    uow: UnitOfWork, policy: OpinionPolicy, expected_version: int, now: datetime
) -> OpinionPolicy:
    """The version that follows `expected_version`; for what is said or judged from now on.

    Raises StaleVersion.
    """
    return await replace_policy(uow.opinion_policies, policy, expected_version, now)
