"""Decisions about many members in memory: domain/tiers.py, one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from segmentation.application.tier_ports import Swept
from segmentation.domain.events import MemberTierChanged
from segmentation.domain.policy import Tier, TierPolicy
from segmentation.domain.tiers import TierAssignment, decide

if TYPE_CHECKING:
    from .fakes import Memory


class FakeTierSweep:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def all(self, policy: TierPolicy, _: TierPolicy, now: datetime) -> Swept:
        return self._store(list(self._memory.tiers), policy, now)

    async def anew(self, policy: TierPolicy, now: datetime) -> Swept:
        return self._store(self._memory.members(), policy, now)

    async def due(self, policy: TierPolicy, now: datetime, limit: int) -> Swept:
        due = [it for it, (_, due_at) in self._memory.tiers.items() if due_at and due_at <= now]
        return self._store(due[:limit], policy, now)

    async def next_due(self) -> datetime | None:
        return min((due_at for _, due_at in self._memory.tiers.values() if due_at), default=None)

    async def preview(self, policy: TierPolicy, now: datetime) -> Mapping[tuple[Tier | None, Tier], int]:
        return Counter(
            (held.tier, decide(self._memory.figures(member_id), policy, now).tier)
            for member_id, (held, _) in self._memory.tiers.items()
        )

    def _store(self, members: Iterable[UUID], policy: TierPolicy, now: datetime) -> Swept:
        decisions = [(it, decide(it, policy, now)) for it in map(self._memory.figures, members)]
        changed = 0
        for figures, decision in decisions:
            held = self._memory.tiers[figures.member_id][0] if figures.tier else None
            if held is None or decision.tier is not held.tier:
                held = TierAssignment(decision.tier, now, decision.reason, figures.tier)
                self._memory.events.append(MemberTierChanged(figures.member_id, held, figures.group_ids))
                changed += 1
            self._memory.tiers[figures.member_id] = held, decision.due_at
        soonest = min((decision.due_at for _, decision in decisions if decision.due_at), default=None)
        return Swept(len(decisions), changed, soonest)
