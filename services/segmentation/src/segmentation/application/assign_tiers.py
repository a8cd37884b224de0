"""Decide the tiers of members and keep what was decided."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from chassis.timers import Timer
from segmentation.application.ports import UnitOfWork
from segmentation.domain.events import MemberTierChanged
from segmentation.domain.policy import TierPolicy
from segmentation.domain.tiers import MemberFigures, TierAssignment, decide

TIER_DUE = "tier-due"
_SOON = timedelta(hours=1)


async def assign_tiers(
    uow: UnitOfWork, members: Sequence[MemberFigures], policy: TierPolicy, now: datetime
) -> list[MemberTierChanged]:
    """Saves every decision and sees to it that it is taken again when due; returns the changes."""
    decisions = [(figures, decide(figures, policy, now)) for figures in members]
    await uow.tiers.save(decisions, now)
    await wake(uow, min((it.due_at for _, it in decisions if it.due_at), default=None), now)
    return [
        MemberTierChanged(
            member_id=figures.member_id,
            assignment=TierAssignment(decision.tier, now, decision.reason, figures.tier),
            group_ids=figures.group_ids,
        )
        for figures, decision in decisions
        if decision.tier is not figures.tier
    ]


async def wake(uow: UnitOfWork, due_at: datetime | None, now: datetime) -> None:
    """Have the tiers that are due from this moment on decided again.

    Whoever is woken sees to what is due later, so one timer is enough. It comes on time if that is soon; else
    at the full hour before, which it shares with all that is due in that hour.
    """
    if due_at:
        at = due_at if due_at - now <= _SOON else due_at.replace(minute=0, second=0, microsecond=0)
        await uow.timers.schedule_many([Timer(TIER_DUE, at.isoformat(), at)])
