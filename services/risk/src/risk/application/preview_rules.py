"""Rules tried on the messages of the last days, before they are in force."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from risk.application.ports import UnitOfWork
from risk.application.rules_in_force import rules_in_force
from risk.domain.rule_preview import RulePreview, preview
from risk.domain.rule_set import Rulebook, RuleSet
from risk.domain.rules import Rule

_MOST_MESSAGES = 20_000


async def preview_rules(
    uow: UnitOfWork, rules: Sequence[Rule], group_id: UUID | None, days: int, now: datetime
) -> RulePreview:
    """As the tenant's rules, or as what is different in a group. Nothing is stored. Raises InvalidRule."""
    RuleSet(version=0, rules=tuple(rules))
    memory = (await uow.policies.current()).memory_of_messages
    messages = await uow.decisions.flagged(now - timedelta(days=days), group_id, memory, _MOST_MESSAGES)
    in_force = await rules_in_force(uow, {message.group_id for message in messages})
    if group_id is not None:
        of_group = Rulebook.of((await uow.rule_sets.current()).rules, rules)
        return preview(messages, in_force.of, lambda _: of_group)
    overrides = await uow.rule_sets.of_groups({message.group_id for message in messages})
    special = {group: Rulebook.of(rules, own.rules) for group, own in overrides.items()}
    general = Rulebook(tuple(rules))
    return preview(messages, in_force.of, lambda group: special.get(group, general))
