"""Strikes are a person's, whichever of its ids they came under."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from risk.application.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class Strikes:
    _persons: Mapping[UUID, frozenset[UUID]]
    _counted: Counter[frozenset[UUID]]

    def of(self, member_id: UUID) -> int:
        return self._counted[self._persons[member_id]]

    def next(self, member_id: UUID) -> int:
        """One more, which counts for those after it."""
        self._counted[self._persons[member_id]] += 1
        return self.of(member_id)


async def count_strikes(uow: UnitOfWork, member_ids: Collection[UUID], since: datetime) -> Strikes:
    """Of these members and all that were merged with them."""
    persons = await uow.merged.together(member_ids)
    found = await uow.violations.strikes(frozenset().union(*persons.values()), since)
    counted = {person: sum(found.get(it, 0) for it in person) for person in persons.values()}
    return Strikes(persons, Counter(counted))
