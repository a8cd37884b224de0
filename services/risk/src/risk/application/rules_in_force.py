"""The rules that a batch of groups goes by."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from risk.application.ports import UnitOfWork
from risk.domain.rule_set import Rulebook


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """Those of groups that have rules of their own, and of all others."""

    _general: Rulebook
    _special: Mapping[UUID, Rulebook]

    def of(self, group_id: UUID) -> Rulebook:
        return self._special.get(group_id, self._general)


async def rules_in_force(uow: UnitOfWork, group_ids: Collection[UUID]) -> RulesInForce:
    rules = (await uow.rule_sets.current()).rules
    of_groups = await uow.rule_sets.of_groups(group_ids)
    special = {group_id: Rulebook.of(rules, own.rules) for group_id, own in of_groups.items()}
    return RulesInForce(Rulebook(rules), special)
