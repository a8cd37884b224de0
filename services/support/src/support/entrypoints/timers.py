"""What happens at an instant: a first response is overdue."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from chassis.timers import Timer, TimerHandler
from support.application.miss_first_responses import miss_first_responses
from support.application.ports import UnitOfWork
from support.application.timer_kinds import FIRST_RESPONSE


async def _first_response(uow: UnitOfWork, timers: Sequence[Timer], now: datetime) -> None:
    await miss_first_responses(uow, [UUID(timer.key) for timer in timers], now)


TIMERS: Mapping[str, TimerHandler[UnitOfWork]] = {FIRST_RESPONSE: _first_response}
