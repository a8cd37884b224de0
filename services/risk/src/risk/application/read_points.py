"""Points are a person's, whichever of its ids they were booked for."""

from collections.abc import Collection, Mapping
from uuid import UUID

from chassis.paging import Page, PageRequest
from risk.application.ports import UnitOfWork
from risk.domain.points import PointEntry


async def point_balances(uow: UnitOfWork, member_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """Of every member asked for, with those merged with it."""
    persons = await uow.merged.together(member_ids)
    found = await uow.points.balances(frozenset().union(*persons.values()))
    return {member: sum(found.get(it, 0) for it in person) for member, person in persons.items()}


async def point_entries(uow: UnitOfWork, member_id: UUID, request: PageRequest) -> Page[PointEntry]:
    """Newest first. Raises InvalidCursor."""
    persons = await uow.merged.together([member_id])
    return await uow.points.page(request, persons[member_id])
