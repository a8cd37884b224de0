"""What happens at an instant: windows open and close, reservations expire, cancelled campaigns unwind."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from campaigns.application.announce_campaigns import announce_closing, announce_opening
from campaigns.application.expire_claims import expire_claims
from campaigns.application.ports import UnitOfWork
from campaigns.application.timer_kinds import CAMPAIGN_CLOSE, CAMPAIGN_OPEN, CAMPAIGN_UNWIND, CLAIM_EXPIRY
from campaigns.application.unwind_campaign import unwind_campaign
from chassis.timers import Timer, TimerHandler


async def _open(uow: UnitOfWork, timers: Sequence[Timer], now: datetime) -> None:
    await announce_opening(uow, _ids(timers), now)


async def _close(uow: UnitOfWork, timers: Sequence[Timer], now: datetime) -> None:
    await announce_closing(uow, _ids(timers), now)


async def _expire(uow: UnitOfWork, timers: Sequence[Timer], now: datetime) -> None:
    await expire_claims(uow, _ids(timers), now)


async def _unwind(uow: UnitOfWork, timers: Sequence[Timer], now: datetime) -> None:
    for campaign_id in _ids(timers):
        await unwind_campaign(uow, campaign_id, now)


def _ids(timers: Sequence[Timer]) -> list[UUID]:
    return [UUID(timer.key) for timer in timers]


TIMERS: Mapping[str, TimerHandler[UnitOfWork]] = {
    CAMPAIGN_OPEN: _open,
    CAMPAIGN_CLOSE: _close,
    CAMPAIGN_UNWIND: _unwind,
    CLAIM_EXPIRY: _expire,
}
