"""What happens at an instant: tiers end by time alone, tags of a rule that is gone are removed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from chassis.timers import Timer, TimerHandler
from segmentation.application.assign_tiers import TIER_DUE
from segmentation.application.fill_segments import SEGMENT_WORK, go_on_filling
from segmentation.application.judge_groups import judge_groups
from segmentation.application.ports import UnitOfWork
from segmentation.application.redecide_due_tiers import redecide_due_tiers
from segmentation.application.refresh_due_segments import refresh_due_segments
from segmentation.application.snooze_alert import ALERT_WAKES
from segmentation.application.sweep_tags import TAG_SWEEP, sweep_tags
from segmentation.application.time_judgement import JUDGEMENT_DUE, judge_as_the_day_closes
from segmentation.application.wake_alerts import wake_alerts
from segmentation.application.wake_segments import SEGMENT_DUE


async def _tiers_due(uow: UnitOfWork, _: Sequence[Timer], now: datetime) -> None:
    await redecide_due_tiers(uow, now)


async def _sweep_tags(uow: UnitOfWork, timers: Sequence[Timer], now: datetime) -> None:
    for timer in timers:
        await sweep_tags(uow, UUID(timer.key), now)


async def _judge_groups(uow: UnitOfWork, _: Sequence[Timer], now: datetime) -> None:
    await judge_groups(uow, now)
    await judge_as_the_day_closes(uow, now)


async def _wake_alerts(uow: UnitOfWork, timers: Sequence[Timer], now: datetime) -> None:
    await wake_alerts(uow, [UUID(timer.key) for timer in timers], now)


async def _segments_due(uow: UnitOfWork, _: Sequence[Timer], now: datetime) -> None:
    await refresh_due_segments(uow, now)


async def _fill_segments(uow: UnitOfWork, timers: Sequence[Timer], now: datetime) -> None:
    await go_on_filling(uow, [timer.key for timer in timers], now)


TIMERS: Mapping[str, TimerHandler[UnitOfWork]] = {
    ALERT_WAKES: _wake_alerts,
    JUDGEMENT_DUE: _judge_groups,
    SEGMENT_DUE: _segments_due,
    SEGMENT_WORK: _fill_segments,
    TIER_DUE: _tiers_due,
    TAG_SWEEP: _sweep_tags,
}
