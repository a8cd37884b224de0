"""Members' messages, as they come in: one decision each, and what follows from it."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.ids import new_id
from chassis.timers import Timer
from risk.application.ports import TASK_DEADLINE, Instructions, Place, Screeners, UnitOfWork
from risk.domain.decision import Decision, Message, flooded
from risk.domain.events import MessageFlagged, ModeratorTaskCreated, ViolationOpened
from risk.domain.flooding import Occurrence, find_floods
from risk.domain.ladder import action_for
from risk.domain.moderator_task import ModeratorTask, ModeratorTaskStatus
from risk.domain.policy import RiskPolicy
from risk.domain.verdict import RiskCategory, ScreeningPurpose, broken_rule
from risk.domain.violation import Violation, ViolationStatus


async def screen_messages(
    uow: UnitOfWork,
    screeners: Screeners,
    instructions: Instructions,
    messages: Sequence[Message],
    now: datetime,
) -> None:
    """Decide a batch. A message decided before is left alone, so the same batch may come any number of times.

    A message older than the policy's memory, as an import of history brings it, has no consequences.
    """
    screener = await screeners.current(uow.tenant_id, uow.words)
    policy = await uow.policies.current()
    texts = [message.text for message in messages]
    screened = await asyncio.to_thread(screener.screen_all, texts, ScreeningPurpose.MESSAGE)
    screenings = dict(zip((message.activity_id for message in messages), screened, strict=True))

    await uow.decisions.take_turn()
    undecided = await uow.decisions.undecided(screenings)
    fresh = [message for message in messages if message.activity_id in undecided]
    floods = await _floods(uow, fresh, policy)
    for message in fresh:
        if message.activity_id in floods:
            screenings[message.activity_id] = flooded(screenings[message.activity_id], message.text)
    decisions = [
        Decision(
            m.activity_id,
            m.member_id,
            m.group_id,
            m.occurred_at,
            now,
            screenings[m.activity_id],
            screener.lexicon.version,
            policy.version,
        )
        for m in fresh
    ]
    await uow.decisions.add(decisions)

    remembered_since = now - policy.memory_of_messages
    recent = [d for d in decisions if d.is_flagged and d.occurred_at > remembered_since]
    flags = [
        MessageFlagged(d.activity_id, d.group_id, d.member_id, d.screening.verdict, d.categories)
        for d in recent
    ]
    await uow.publish(*flags, at=now)
    breaches = [(d, rule) for d in recent if (rule := _breach(d, floods)) is not None]
    await _open_violations(uow, instructions, breaches, policy, now)


async def _floods(uow: UnitOfWork, fresh: Sequence[Message], policy: RiskPolicy) -> dict[UUID, bool]:
    """Flooding messages; the value says whether it is the one that opens the flood."""
    in_groups = [message for message in fresh if message.group_id]
    decided = await uow.decisions.around(in_groups, policy.flood_window)
    by_place: defaultdict[Place, list[Occurrence]] = defaultdict(list)
    for message in in_groups:
        if message.group_id:
            place = message.member_id, message.group_id
            by_place[place].append(Occurrence(message.activity_id, message.occurred_at))
    return {
        flood.activity_id: flood.opens
        for place, occurrences in by_place.items()
        if len(occurrences) + len(earlier := decided.get(place, ())) > policy.flood_messages
        for flood in find_floods(earlier, occurrences, policy.flood_messages, policy.flood_window)
    }


def _breach(decision: Decision, floods: dict[UUID, bool]) -> RiskCategory | None:
    """The mandatory rule the message breaks, if that is not part of a breach already opened."""
    rule = broken_rule(decision.screening.findings)
    if rule is RiskCategory.FLOODING and not floods[decision.activity_id]:
        return None
    return rule


async def _open_violations(
    uow: UnitOfWork,
    instructions: Instructions,
    breaches: Sequence[tuple[Decision, RiskCategory]],
    policy: RiskPolicy,
    now: datetime,
) -> None:
    """One violation with its task per breach in a group; strikes go by the time of the messages."""
    strikes = Counter(
        await uow.violations.strikes({d.member_id for d, _ in breaches}, now - policy.strike_window)
    )
    violations = []
    for decision, rule in sorted(breaches, key=lambda breach: breach[0].occurred_at):
        if decision.group_id is None:
            continue
        strikes[decision.member_id] += 1
        strike = strikes[decision.member_id]
        violation = Violation(
            id=new_id(),
            group_id=decision.group_id,
            member_id=decision.member_id,
            activity_id=decision.activity_id,
            category=rule,
            verdict=decision.screening.verdict,
            status=ViolationStatus.OPEN,
            strike=strike,
            action=action_for(strike, policy.ladder),
            opened_at=now,
            masked_text=decision.screening.masked_text,
        )
        violations.append(violation)
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
