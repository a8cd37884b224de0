"""Replace the purposes for which the tenant asks for consent."""

from dataclasses import replace
from datetime import datetime

from segmentation.application.ports import UnitOfWork
from segmentation.domain.consents import ConsentPolicy
from segmentation.domain.errors import StaleVersion


async def update_consent_policy(
    uow: UnitOfWork, proposed: ConsentPolicy, expected_version: int, now: datetime
) -> ConsentPolicy:
    """The same policy again changes nothing.

    Raises InvalidConsentPolicy, and StaleVersion unless `expected_version` is in force.
    """
    proposed.check()
    current = await uow.consent_policies.replaceable()
    if replace(proposed, version=current.version) == current:
        return current
    if current.version != expected_version:
        raise StaleVersion(f"Version {current.version} is in force; read it and change that.")
    policy = replace(proposed, version=current.version + 1)
    await uow.consent_policies.add(policy, now)
    return policy
