"""What a moderator on duty is to do."""

from datetime import datetime

from chassis.paging import Page, PageRequest
from risk.application.ports import UnitOfWork
from risk.application.rota_ports import ShiftListing
from risk.domain.moderator_task import ModeratorTask


async def list_duty_tasks(
    uow: UnitOfWork, request: PageRequest, staff_id: str, now: datetime
) -> Page[ModeratorTask]:
    """Tasks of the groups in which somebody is on duty now, by deadline. Raises InvalidCursor."""
    running = await uow.shifts.on_duty(now, ShiftListing(staff_id=staff_id))
    return await uow.moderator_tasks.to_do(request, {shift.group_id for shift in running})
