"""Save a rule that sets a tag by itself."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from chassis.ids import new_id
from segmentation.application.fill_segments import start_filling
from segmentation.application.ports import UnitOfWork
from segmentation.application.sweep_tags import schedule_sweep
from segmentation.domain.conditions import Condition
from segmentation.domain.errors import StaleVersion, TagRuleNotFound, TooManyTagRules
from segmentation.domain.tags import Keywords, TagRule

MAX_TAG_RULES = 200


@dataclass(frozen=True, slots=True)
class SaveTagRule:
    """A new rule has no id yet."""

    rule_id: UUID | None
    expected_version: int
    name: str
    when: Keywords | Condition
    enabled: bool


async def save_tag_rule(uow: UnitOfWork, command: SaveTagRule, now: datetime) -> TagRule:
    """The same again changes nothing.

    Raises InvalidTagRule, InvalidCondition, TooManyTagRules, TagRuleNotFound, StaleVersion.
    """
    await uow.segments.claim()
    if command.rule_id is None:
        rule = TagRule(new_id(), command.name, command.when, command.enabled, version=1, updated_at=now)
        rule.check()
        if await uow.tag_rules.count() >= MAX_TAG_RULES:
            raise TooManyTagRules(f"There are {MAX_TAG_RULES} rules; delete one that is not used")
        await _put(uow, rule, now)
        return rule
    current = await uow.tag_rules.by_id(command.rule_id)
    if current is None:
        raise TagRuleNotFound(f"There is no rule {command.rule_id}; list the rules")
    rule = replace(current, name=command.name, when=command.when, enabled=command.enabled)
    if rule == current:
        return current
    if current.version != command.expected_version:
        raise StaleVersion(f"Version {current.version} is in force; read it and change that.")
    rule = replace(rule, version=current.version + 1, updated_at=now)
    rule.check()
    await _put(uow, rule, now)
    if rule.name != current.name:
        await schedule_sweep(uow, rule.id, now)
    return rule


async def _put(uow: UnitOfWork, rule: TagRule, now: datetime) -> None:
    """A condition is applied to every member from the beginning, in the background."""
    await uow.tag_rules.save(rule)
    await uow.segments.delete(rule.id)
    if rule.enabled and not isinstance(rule.when, Keywords):
        await uow.segments.begin(rule.id, rule.version, rule.when)
    await start_filling(uow, now)
