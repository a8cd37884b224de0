"""Somebody works for the brand, or something about them changed."""

from dataclasses import dataclass
from datetime import datetime

from chassis.ids import derived_id
from risk.application.ports import UnitOfWork
from risk.domain.errors import InvalidStaffName
from risk.domain.fraud_events import StaffRegistered
from risk.domain.normal_form import Normaliser
from risk.domain.staff import StaffMember, StaffRole

_SHORTEST_NAME = 2


@dataclass(frozen=True, slots=True)
class PutStaffMember:
    """By `userid`: there is one of each."""

    userid: str
    names: tuple[str, ...]
    role: StaffRole
    speaks_for_brand: bool


async def put_staff_member(
    uow: UnitOfWork, normaliser: Normaliser, command: PutStaffMember, now: datetime
) -> StaffMember:
    """Who had left is registered again. Raises InvalidStaffName."""
    names = tuple(dict.fromkeys(name.strip() for name in command.names))
    for name in names:
        if len(normaliser.compact(name)) < _SHORTEST_NAME:
            raise InvalidStaffName(f"{name!r} has fewer than two letters: half the members would be like it")
    staff_id = derived_id(uow.tenant_id, "staff", command.userid)
    was = await uow.staff.hold(staff_id)
    if was is None:
        now_is = StaffMember(
            staff_id, command.userid, names, command.role, command.speaks_for_brand, registered_at=now
        )
    else:
        now_is = was.put(names, command.role, command.speaks_for_brand, now)
    await uow.staff.put(now_is)
    if was is None or not was.is_active:
        await uow.publish(StaffRegistered(now_is), at=now)
    return now_is
