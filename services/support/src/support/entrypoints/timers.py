"""What happens at an instant: a first response is overdue."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from chassis.timers import Timer, TimerHandler
from support.adapters.unit_of_work import SqlUnitOfWork
from support.application.miss_first_responses import miss_first_responses
from support.application.timer_kinds import FIRST_RESPONSE


async def _first_response(uow: SqlUnitOfWork, timers: Sequence[Timer], now: datetime) -> None:
    await miss_first_responses(uow, [UUID(timer.key) for timer in timers], now)


TIMERS: Mapping[str, TimerHandler[SqlUnitOfWork]] = {FIRST_RESPONSE: _first_response}
