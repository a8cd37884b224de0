from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from chassis.ids import new_id
from content.application.ports import UnitOfWork
from content.domain.budget import month_of
from content.domain.plan import Plan, PlanRequest
from content.domain.plan import generate_plan as generate


@dataclass(frozen=True, slots=True)
class GeneratePlan:
    start_date: date
    days: int
    group_ids: tuple[UUID, ...]
    posts_per_day: int


async def generate_plan(uow: UnitOfWork, command: GeneratePlan, now: datetime) -> Plan:
    """Generate a draft plan for groups over local days; what cannot be met is in its gaps."""
    zone, policy = await uow.zone(), await uow.policies.current()
    last = command.start_date + timedelta(days=command.days - 1)
    around = timedelta(days=max(policy.no_repeat_days, 1))
    calendars = await uow.posts.calendars(command.group_ids, command.start_date - around, last + around, zone)
    days = [command.start_date + timedelta(days=offset) for offset in range(command.days)]
    keys = sorted({month_of(group_id, day) for group_id in command.group_ids for day in days})
    left = {budget.key: budget.remaining for budget in await uow.budgets.many(keys)}
    for calendar in calendars:
        calendar.contacts_left = {key: left[key] for key in keys if key.group_id == calendar.group_id}
    request = PlanRequest(new_id(), command.start_date, command.days, command.posts_per_day, zone)
    plan, posts = generate(request, policy, await uow.items.candidates(), calendars, new_id, now)
    await uow.plans.add(plan, posts)
    return plan
