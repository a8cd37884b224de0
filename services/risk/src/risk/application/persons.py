"""Members that are one person: what is counted of a person is counted over all its ids."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from risk.application.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class Persons:
    """Knows all ids of the members it was made for."""

    _ids: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)

    def ids(self, member_id: UUID) -> frozenset[UUID]:
        """All that are the same person's, itself among them."""
        return self._ids[member_id]

    def one(self, member_id: UUID) -> UUID:
        """The id that stands for all of the person."""
        return min(self._ids[member_id])

    @property
    def all(self) -> Collection[UUID]:
        return self._ids.keys()


async def persons_of(uow: UnitOfWork, member_ids: Collection[UUID], known: Persons | None = None) -> Persons:
    """Of these members, and those known before."""
    ids = dict(known._ids) if known else {}
    unknown = set(member_ids) - ids.keys()
    if unknown:
        for person in (await uow.merged.together(unknown)).values():
            ids |= dict.fromkeys(person, person)
    return Persons(ids)


async def ids_of_person(uow: UnitOfWork, member_id: UUID | None) -> Collection[UUID]:
    """None: none."""
    return (await persons_of(uow, [member_id])).all if member_id else ()
