"""What happens at an instant: posts become due, are reminded of, and expire."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from chassis.timers import Timer, TimerHandler
from content.application.expire_posts import expire_posts
from content.application.hand_out_posts import hand_out_posts
from content.application.ports import UnitOfWork
from content.application.remind_posts import remind_posts
from content.application.timer_kinds import POST_DUE, POST_EXPIRY, POST_REMINDER


async def _due(uow: UnitOfWork, timers: Sequence[Timer], now: datetime) -> None:
    await hand_out_posts(uow, _ids(timers), now)


async def _remind(uow: UnitOfWork, timers: Sequence[Timer], now: datetime) -> None:
    await remind_posts(uow, _ids(timers), now)


async def _expire(uow: UnitOfWork, timers: Sequence[Timer], now: datetime) -> None:
    await expire_posts(uow, _ids(timers), now)


def _ids(timers: Sequence[Timer]) -> list[UUID]:
    return [UUID(timer.key) for timer in timers]


TIMERS: Mapping[str, TimerHandler[UnitOfWork]] = {
    POST_DUE: _due,
    POST_REMINDER: _remind,
    POST_EXPIRY: _expire,
}
