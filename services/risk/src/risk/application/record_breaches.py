"""Breaches of rules, however they were found, become violations with their moderator tasks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from chassis.ids import new_id
from chassis.timers import Timer
from risk.application.book_points import deduct_points, reverse_points
from risk.application.count_strikes import count_strikes
from risk.application.persons import persons_of
from risk.application.ports import TASK_DEADLINE, Instructions, UnitOfWork
from risk.application.rule_ports import TASK_REMINDER
from risk.domain.events import ModeratorTaskCreated, ViolationOpened
from risk.domain.ladder import LadderAction, action_for
from risk.domain.moderator_task import ModeratorTask, ModeratorTaskStatus
from risk.domain.points import PointReason
from risk.domain.policy import RiskPolicy
from risk.domain.rule_set import RuleSet
from risk.domain.rules import MandatoryRule, PenalRule
from risk.domain.verdict import RiskCategory, Verdict
from risk.domain.violation import Violation, ViolationStatus


@dataclass(frozen=True, slots=True)
class Breach:
    """A message of a member in a group that breaks a rule, in a category of it."""

    activity_id: UUID
    member_id: UUID
    group_id: UUID
    category: RiskCategory
    verdict: Verdict
    masked_text: str
    rule: PenalRule


async def record_breaches(
    uow: UnitOfWork, instructions: Instructions, breaches: Iterable[Breach], policy: RiskPolicy, now: datetime
) -> None:
    """In the order given, each the next strike of its person. The tenant's turn was taken before."""
    breaches = await _unrepeated(uow, list(breaches), now)
    if not breaches:
        return
    rule_set = await uow.rule_sets.current()
    members = {breach.member_id for breach in breaches}
    strikes = await count_strikes(uow, members, now - policy.strike_window)
    violations = []
    for breach in breaches:
        strike = strikes.next(breach.member_id, breach.rule.key, rule_set.strikes_per_rule)
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
                action=action_for(strike, breach.rule.ladder or policy.ladder),
                opened_at=now,
                masked_text=breach.masked_text,
                rule=breach.rule.key,
            )
        )
    tasks = [_task_for(violation, instructions, policy, now) for violation in violations]
    await uow.violations.add(violations)
    await uow.moderator_tasks.add(tasks)
    await uow.timers.schedule_many(_timers(tasks, rule_set, now))
    await uow.publish(
        *(ViolationOpened(violation) for violation in violations),
        *(ModeratorTaskCreated(task) for task in tasks),
        at=now,
    )
    await reverse_points(uow, [breach.activity_id for breach in breaches], PointReason.EARNED, now)
    costs = {it.activity_id: rule.points for it in breaches if isinstance(rule := it.rule, MandatoryRule)}
    await deduct_points(uow, [(it, cost) for it in violations if (cost := costs.get(it.activity_id, 0))], now)


async def _unrepeated(uow: UnitOfWork, breaches: Sequence[Breach], now: datetime) -> Sequence[Breach]:
    """Without those that belong to a violation of their rule."""
    longest = max((_once_within(breach.rule) for breach in breaches), default=timedelta())
    if not longest:
        return breaches
    persons = await persons_of(uow, {breach.member_id for breach in breaches})
    last_opened = await uow.violations.last_opened(persons.all, now - longest)
    opened = {
        (persons.one(member_id), group_id, rule): at
        for (member_id, group_id, rule), at in sorted(last_opened.items(), key=lambda it: it[1])
    }
    unrepeated = []
    for breach in breaches:
        place = persons.one(breach.member_id), breach.group_id, breach.rule.key
        last = opened.get(place)
        if last is None or last <= now - _once_within(breach.rule):
            unrepeated.append(breach)
            opened[place] = now
    return unrepeated


def _once_within(rule: PenalRule) -> timedelta:
    return timedelta(minutes=rule.once_within_minutes if isinstance(rule, MandatoryRule) else 0)


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
        mute_hours=policy.mute_hours if violation.action is LadderAction.MUTE else 0,
    )


def _timers(tasks: Sequence[ModeratorTask], rule_set: RuleSet, now: datetime) -> list[Timer]:
    deadlines = [Timer(TASK_DEADLINE, str(task.id), task.due_at) for task in tasks]
    reminders = [
        Timer(TASK_REMINDER, str(task.id), at)
        for task in tasks
        if (at := rule_set.reminder_of(task.due_at, now)) is not None
    ]
    return deadlines + reminders
