"""The rules that a batch of groups goes by."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from risk.application.ports import UnitOfWork
from risk.domain.rule_set import Rulebook
from risk.domain.rules import Rule


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """Those of groups that have rules of their own, and of all others."""

    _general: Rulebook
    _special: Mapping[UUID, Rulebook]

    def of(self, group_id: UUID) -> Rulebook:
        return self._special.get(group_id, self._general)


async def rules_in_force(
    uow: UnitOfWork, group_ids: Collection[UUID], proposed: Sequence[Rule] | None = None
) -> RulesInForce:
    """With `proposed` as if these were the tenant's rules."""
    rules = (await uow.rule_sets.current()).rules if proposed is None else tuple(proposed)
    of_groups = await uow.rule_sets.of_groups(group_ids)
    special = {group_id: Rulebook.of(rules, own.rules) for group_id, own in of_groups.items()}
    return RulesInForce(Rulebook(rules), special)
