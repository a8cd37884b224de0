"""Somebody no longer works for the brand."""

from datetime import datetime
from uuid import UUID

from risk.application.ports import UnitOfWork
from risk.domain.errors import StaffNotFound
from risk.domain.fraud_events import StaffLeft
from risk.domain.staff import StaffMember


async def end_staff_member(uow: UnitOfWork, staff_id: UUID, now: datetime) -> StaffMember:
    """Once; their names are free again. Raises StaffNotFound."""
    member = await uow.staff.hold(staff_id)
    if member is None:
        raise StaffNotFound(f"There is no staff member {staff_id}")
    left = member.leave(now)
    if left != member:
        await uow.staff.put(left)
        await uow.publish(StaffLeft(left), at=now)
    return left
