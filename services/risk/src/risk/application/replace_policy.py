"""Replace a policy of the tenant by a new version; what follows from it is its own use case's."""

from dataclasses import replace
from datetime import datetime

from risk.application.policy_ports import P, Policies
from risk.domain.errors import StaleVersion


async def replace_policy(policies: Policies[P], policy: P, expected_version: int, now: datetime) -> P:
    """The version that follows `expected_version`. Raises StaleVersion."""
    current = await policies.current()
    if current.version != expected_version:
        raise StaleVersion(f"Version {current.version} is in force; read it and change that.")
    successor = replace(policy, version=current.version + 1)
    await policies.add(successor, now)
    return successor
