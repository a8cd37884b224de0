"""Decide the tiers of members and keep what was decided."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from chassis.timers import Timer
from segmentation.application.ports import UnitOfWork
from segmentation.domain.events import MemberTierChanged
from segmentation.domain.policy import TierPolicy
from segmentation.domain.tiers import MemberFigures, TierAssignment, decide

TIER_DUE = "tier-due"
_SOON = timedelta(minutes=1)


async def assign_tiers(
    uow: UnitOfWork, members: Sequence[MemberFigures], policy: TierPolicy, now: datetime
) -> list[MemberTierChanged]:
    """Saves every decision and sees to it that it is taken again when due; returns the changes."""
    decisions = [(figures, decide(figures, policy, now)) for figures in members]
    await uow.tiers.save(decisions, now)
    await wake(uow, {_wake_at(decision.due_at, now) for _, decision in decisions if decision.due_at})
    return [
        MemberTierChanged(
            member_id=figures.member_id,
            assignment=TierAssignment(decision.tier, now, decision.reason, figures.tier),
            group_ids=figures.group_ids,
        )
        for figures, decision in decisions
        if decision.tier is not figures.tier
    ]


async def wake(uow: UnitOfWork, moments: Iterable[datetime]) -> None:
    """Have the tiers that are due at these moments decided again."""
    await uow.timers.schedule_many([Timer(TIER_DUE, at.isoformat(), at) for at in moments])


def _wake_at(due_at: datetime, now: datetime) -> datetime:
    """On time if soon; what is days away shares one timer with all that is due in the same minute."""
    if due_at - now <= _SOON:
        return due_at
    return (due_at + _SOON - timedelta.resolution).replace(second=0, microsecond=0)
