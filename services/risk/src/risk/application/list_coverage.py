"""Who is on duty in a group when."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from risk.application.ports import UnitOfWork
from risk.domain.errors import InvalidPeriod
from risk.domain.rota_gap import Cover
from risk.domain.rota_policy import Hours, RotaPolicy

_LONGEST: Final = timedelta(days=31)


async def list_coverage(uow: UnitOfWork, group_id: UUID, within: Hours) -> tuple[Sequence[Cover], RotaPolicy]:
    """In the hours to be covered, with the policy that says how many are needed. Raises InvalidPeriod."""
    if not timedelta() < within.until_at - within.from_at <= _LONGEST:
        raise InvalidPeriod(f"Ask for up to {_LONGEST.days} days", field="until_at")
    policy = await uow.rota_policies.current()
    zone = ZoneInfo((await uow.tenants.profile()).time_zone)
    return await uow.shifts.cover(policy.covered_hours(within, zone), group_id), policy
