"""The next step of checking who somebody is."""

from datetime import datetime
from uuid import UUID

from risk.application.ports import UnitOfWork
from risk.domain.errors import StaffNotFound
from risk.domain.identity_check import CheckMove
from risk.domain.staff import StaffMember


async def move_identity_check(
    uow: UnitOfWork, staff_id: UUID, step: CheckMove, by: str, now: datetime
) -> StaffMember:
    """Raises StaffNotFound, StaffHasLeft, OwnIdentity, CheckStepRefused."""
    member = await uow.staff.hold(staff_id)
    if member is None:
        raise StaffNotFound(f"There is no staff member {staff_id}")
    policy = await uow.fraud_policies.current()
    checked = member.check_identity(step, by, now, now + policy.identity_valid_for)
    await uow.staff.put(checked)
    return checked
