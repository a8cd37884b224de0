"""Follow-up: encouraged acts (倡导) earn points, once each and so many a day."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from risk.application.book_points import book
from risk.application.ports import UnitOfWork
from risk.application.rules_in_force import rules_in_force
from risk.domain.decision import Decided
from risk.domain.points import Act, EarnedDay, PointReason, earn
from risk.domain.policy import RiskPolicy
from risk.domain.verdict import Verdict


async def award_points(
    uow: UnitOfWork, decided: Sequence[Decided], _policy: RiskPolicy, now: datetime
) -> None:
    """For messages, answers and posts in a group that are not blocked."""
    said = [it.message for it in decided if it.decision.screening.verdict is not Verdict.BLOCK]
    await _award(
        uow,
        [
            Act(it.activity_id, it.member_id, it.group_id, it.kind, it.occurred_at)
            for it in said
            if it.group_id is not None
        ],
        now,
    )


async def reward_acts(uow: UnitOfWork, acts: Sequence[Act], now: datetime) -> None:
    """For acts without words. One that is as old as history, by the policy, earns nothing."""
    remembered_since = now - (await uow.policies.current()).memory_of_messages
    recent = [act for act in acts if act.occurred_at > remembered_since]
    if recent:
        await uow.decisions.take_turn()
        await _award(uow, recent, now)


async def _award(uow: UnitOfWork, acts: Sequence[Act], now: datetime) -> None:
    """In the tenant's turn, so that limits are exact."""
    if not acts:
        return
    rules = await rules_in_force(uow, {act.group_id for act in acts})
    acts = [act for act in acts if rules.of(act.group_id).rewarding(act.kind) is not None]
    booked = await uow.points.of_activities({act.activity_id for act in acts}, PointReason.EARNED)
    known = {entry.activity_id for entry in booked}
    fresh = [act for act in acts if act.activity_id not in known]
    if not fresh:
        return
    zone = ZoneInfo((await uow.tenants.profile()).time_zone)
    persons = await uow.merged.together({act.member_id for act in fresh})
    person_of = {member: person for person in persons.values() for member in person}
    days = [act.occurred_at.astimezone(zone).date() for act in fresh]
    earned = Counter[EarnedDay]()
    for (member, rule, day), count in (await uow.points.earned(person_of, min(days), max(days))).items():
        earned[person_of[member], rule, day] += count
    await book(uow, earn(fresh, rules.of, persons.__getitem__, earned, zone, now), now)
