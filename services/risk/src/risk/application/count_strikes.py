"""Strikes are a person's, whichever of its ids they came under."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from risk.application.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class Strikes:
    """`_counted` by rule."""

    _persons: Mapping[UUID, frozenset[UUID]]
    _counted: Mapping[frozenset[UUID], Counter[str]]

    def of(self, member_id: UUID) -> int:
        return self._counted[self._persons[member_id]].total()

    def next(self, member_id: UUID, rule: str, per_rule: bool) -> int:
        """One more, which counts for those after it: the number among all, or among those of the rule."""
        counted = self._counted[self._persons[member_id]]
        counted[rule] += 1
        return counted[rule] if per_rule else counted.total()


async def count_strikes(uow: UnitOfWork, member_ids: Collection[UUID], since: datetime) -> Strikes:
    """Of these members and all that were merged with them."""
    persons = await uow.merged.together(member_ids)
    found = await uow.violations.strikes(frozenset().union(*persons.values()), since)
    counted: dict[frozenset[UUID], Counter[str]] = {person: Counter() for person in persons.values()}
    for person, by_rule in counted.items():
        for member_id in person:
            by_rule.update(found.get(member_id, {}))
    return Strikes(persons, counted)
