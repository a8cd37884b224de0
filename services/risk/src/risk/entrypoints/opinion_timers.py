"""What the watch on opinion does at an instant: judge five minutes, escalate what nobody acknowledged."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from chassis.timers import Timer, TimerHandler
from risk.application.escalate_incidents import escalate_incidents
from risk.application.follow_incidents import Desk
from risk.application.opinion_ports import OPINION_ACKNOWLEDGEMENT, OPINION_TICK
from risk.application.ports import UnitOfWork
from risk.application.watch_opinion import watch_opinion


def opinion_timers(desk: Desk) -> Mapping[str, TimerHandler[UnitOfWork]]:
    async def tick(uow: UnitOfWork, _timers: Sequence[Timer], now: datetime) -> None:
        await watch_opinion(uow, desk, now)

    async def unacknowledged(uow: UnitOfWork, timers: Sequence[Timer], now: datetime) -> None:
        await escalate_incidents(uow, [UUID(timer.key) for timer in timers], now)

    return {OPINION_TICK: tick, OPINION_ACKNOWLEDGEMENT: unacknowledged}
