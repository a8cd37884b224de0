"""What happens at an instant: tiers end by time alone."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from chassis.timers import Timer, TimerHandler
from segmentation.application.assign_tiers import TIER_DUE
from segmentation.application.ports import UnitOfWork
from segmentation.application.redecide_due_tiers import redecide_due_tiers


async def _tiers_due(uow: UnitOfWork, _: Sequence[Timer], now: datetime) -> None:
    await redecide_due_tiers(uow, now)


TIMERS: Mapping[str, TimerHandler[UnitOfWork]] = {TIER_DUE: _tiers_due}
