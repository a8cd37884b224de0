"""Replace the tenant's policy of the rota by a new version."""

from dataclasses import replace
from datetime import datetime

from risk.application.ports import UnitOfWork
from risk.application.rota_ports import ROTA_WATCH
from risk.domain.errors import StaleVersion
from risk.domain.rota_policy import RotaPolicy


async def update_rota_policy(
    uow: UnitOfWork, policy: RotaPolicy, expected_version: int, now: datetime
) -> RotaPolicy:
    """The version that follows `expected_version`. Raises StaleVersion."""
    current = await uow.rota_policies.current()
    if current.version != expected_version:
        raise StaleVersion(f"Version {current.version} is in force; read it and change that.")
    successor = replace(policy, version=current.version + 1)
    await uow.rota_policies.add(successor, now)
    await uow.timers.schedule(ROTA_WATCH, "", now)
    return successor
