"""Replace the tenant's rules, or what is different in a group, by a new version."""

from dataclasses import replace
from datetime import datetime

from risk.application.ports import UnitOfWork
from risk.domain.errors import StaleVersion
from risk.domain.events import RuleSetChanged
from risk.domain.rule_set import GroupRules, RuleSet


async def update_rule_set(
    uow: UnitOfWork, rule_set: RuleSet, expected_version: int, by: str, now: datetime
) -> RuleSet:
    """The version that follows `expected_version`; in force from the next batch on. Raises StaleVersion."""
    current = await uow.rule_sets.current()
    _expect(current.version, expected_version)
    successor = replace(rule_set, version=current.version + 1, changed_at=now, changed_by=by)
    await uow.rule_sets.add(successor)
    await uow.publish(RuleSetChanged(None, successor.version), at=now)
    return successor


async def update_group_rules(
    uow: UnitOfWork, rules: GroupRules, expected_version: int, by: str, now: datetime
) -> GroupRules:
    """The same for one group. Raises StaleVersion."""
    current = (await uow.rule_sets.of_groups([rules.group_id])).get(
        rules.group_id, GroupRules(rules.group_id)
    )
    _expect(current.version, expected_version)
    successor = replace(rules, version=current.version + 1, changed_at=now, changed_by=by)
    await uow.rule_sets.add_of_group(successor)
    await uow.publish(RuleSetChanged(rules.group_id, successor.version), at=now)
    return successor


def _expect(version: int, expected: int) -> None:
    if version != expected:
        raise StaleVersion(f"Version {version} is in force; read it and change that.")
