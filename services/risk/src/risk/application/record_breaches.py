"""Breaches of mandatory rules, however they were found, become violations with their moderator tasks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.ids import new_id
from chassis.timers import Timer
from risk.application.count_strikes import count_strikes
from risk.application.ports import TASK_DEADLINE, Instructions, UnitOfWork
from risk.domain.events import ModeratorTaskCreated, ViolationOpened
from risk.domain.ladder import action_for
from risk.domain.moderator_task import ModeratorTask, ModeratorTaskStatus
from risk.domain.policy import RiskPolicy
from risk.domain.verdict import RiskCategory, Verdict
from risk.domain.violation import Violation, ViolationStatus


@dataclass(frozen=True, slots=True)
class Breach:
    """A message of a member in a group that breaks the rule of a category."""

    activity_id: UUID
    member_id: UUID
    group_id: UUID
    category: RiskCategory
    verdict: Verdict
    masked_text: str


async def record_breaches(
    uow: UnitOfWork, instructions: Instructions, breaches: Iterable[Breach], policy: RiskPolicy, now: datetime
) -> None:
    """In the order given, each the next strike of its person. The tenant's turn was taken before."""
    breaches = list(breaches)
    members = {breach.member_id for breach in breaches}
    strikes = await count_strikes(uow, members, now - policy.strike_window)
    violations = []
    for breach in breaches:
        strike = strikes.next(breach.member_id)
        violations.append(
            Violation(
                id=new_id(),
                group_id=breach.group_id,
                member_id=breach.member_id,
                activity_id=breach.activity_id,
                category=breach.category,
                verdict=breach.verdict,
                status=ViolationStatus.OPEN,
                strike=strike,
                action=action_for(strike, policy.ladder),
                opened_at=now,
                masked_text=breach.masked_text,
            )
        )
    tasks = [_task_for(violation, instructions, policy, now) for violation in violations]
    await uow.violations.add(violations)
    await uow.moderator_tasks.add(tasks)
    await uow.timers.schedule_many([Timer(TASK_DEADLINE, str(task.id), task.due_at) for task in tasks])
    await uow.publish(
        *(ViolationOpened(violation) for violation in violations),
        *(ModeratorTaskCreated(task) for task in tasks),
        at=now,
    )


def _task_for(
    violation: Violation, instructions: Instructions, policy: RiskPolicy, now: datetime
) -> ModeratorTask:
    return ModeratorTask(
        id=new_id(),
        violation_id=violation.id,
        group_id=violation.group_id,
        member_id=violation.member_id,
        action=violation.action,
        status=ModeratorTaskStatus.OPEN,
        instruction=instructions.for_violation(violation, policy),
        due_at=now + policy.task_deadline,
    )
