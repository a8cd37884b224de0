"""Follow-up: a breach of a mandatory rule in a group becomes a violation with its moderator task."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from chassis.ids import new_id
from chassis.timers import Timer
from risk.application.ports import TASK_DEADLINE, FollowUp, Instructions, UnitOfWork
from risk.domain.decision import Decided
from risk.domain.events import ModeratorTaskCreated, ViolationOpened
from risk.domain.ladder import action_for
from risk.domain.moderator_task import ModeratorTask, ModeratorTaskStatus
from risk.domain.policy import RiskPolicy
from risk.domain.verdict import RiskCategory, broken_rule
from risk.domain.violation import Violation, ViolationStatus


def opening_violations(instructions: Instructions) -> FollowUp:
    """Strikes go by the time of the messages."""

    async def open_violations(
        uow: UnitOfWork, decided: Sequence[Decided], policy: RiskPolicy, now: datetime
    ) -> None:
        breaches = [(it, rule) for it in decided if (rule := _breach(it)) is not None]
        strikes = Counter(
            await uow.violations.strikes(
                {it.message.member_id for it, _ in breaches}, now - policy.strike_window
            )
        )
        violations = []
        for it, rule in sorted(breaches, key=lambda breach: breach[0].message.occurred_at):
            if it.message.group_id is None:
                continue
            strikes[it.message.member_id] += 1
            strike = strikes[it.message.member_id]
            violations.append(
                Violation(
                    id=new_id(),
                    group_id=it.message.group_id,
                    member_id=it.message.member_id,
                    activity_id=it.message.activity_id,
                    category=rule,
                    verdict=it.decision.screening.verdict,
                    status=ViolationStatus.OPEN,
                    strike=strike,
                    action=action_for(strike, policy.ladder),
                    opened_at=now,
                    masked_text=it.decision.screening.masked_text,
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

    return open_violations


def _breach(decided: Decided) -> RiskCategory | None:
    """The mandatory rule the message breaks, if that is not part of a breach already opened."""
    rule = broken_rule(decided.decision.screening.findings)
    return None if rule is RiskCategory.FLOODING and decided.continues_flood else rule


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
