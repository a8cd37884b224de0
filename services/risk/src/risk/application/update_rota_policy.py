"""Replace the tenant's policy of the rota by a new version."""

from datetime import datetime

from risk.application.ports import UnitOfWork
from risk.application.replace_policy import replace_policy
from risk.application.rota_ports import ROTA_WATCH
from risk.domain.rota_policy import RotaPolicy


async def update_rota_policy(
    uow: UnitOfWork, policy: RotaPolicy, expected_version: int, now: datetime
) -> RotaPolicy:
    """The version that follows `expected_version`. Raises StaleVersion."""
    successor = await replace_policy(uow.rota_policies, policy, expected_version, now)
    await uow.timers.schedule(ROTA_WATCH, "", now)
    return successor
