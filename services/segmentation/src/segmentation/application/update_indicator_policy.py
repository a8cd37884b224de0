"""Replace the thresholds of the tenant, or of one group."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from segmentation.application.ports import UnitOfWork
from segmentation.application.time_judgement import judge_at_once
from segmentation.domain.errors import GroupNotFound, StaleVersion
from segmentation.domain.events import IndicatorPolicyUpdated
from segmentation.domain.indicator_policy import IndicatorPolicy


async def update_indicator_policy(
    uow: UnitOfWork, proposed: IndicatorPolicy, expected_version: int, now: datetime
) -> IndicatorPolicy:
    """The new version, by which alerts are judged at once. The same policy again changes nothing.

    Raises GroupNotFound, and StaleVersion unless `expected_version` is in force: 0 for none of its own.
    """
    if proposed.group_id:
        await _require_group(uow, proposed.group_id)
    current = await uow.indicator_policies.replaceable(proposed.group_id)
    if current and replace(proposed, version=current.version) == current:
        return current
    version = current.version if current else 0
    if version != expected_version:
        raise StaleVersion(f"Version {version} is in force; read it and change that.")
    policy = await uow.indicator_policies.add(proposed, now)
    await uow.publish(IndicatorPolicyUpdated(policy.version, policy.group_id), at=now)
    await judge_at_once(uow, now)
    return policy


async def remove_group_indicator_policy(uow: UnitOfWork, group_id: UUID, now: datetime) -> None:
    """From now on the tenant's thresholds hold for the group; nothing happens if they do already.

    Raises GroupNotFound.
    """
    await _require_group(uow, group_id)
    if not await uow.indicator_policies.replaceable(group_id):
        return
    await uow.indicator_policies.remove(group_id, now)
    tenant = (await uow.indicator_policies.in_force([])).tenant
    await uow.publish(IndicatorPolicyUpdated(tenant.version, group_id), at=now)
    await judge_at_once(uow, now)


async def _require_group(uow: UnitOfWork, group_id: UUID) -> None:
    if not await uow.groups.by_ids([group_id]):
        raise GroupNotFound("No group has this id; register it first.")
