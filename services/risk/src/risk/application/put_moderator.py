"""Somebody is on the rota, for these groups."""

from datetime import datetime

from risk.application.open_training_session import open_next_training_session
from risk.application.ports import UnitOfWork
from risk.application.rota_ports import ROTA_WATCH
from risk.application.training_ports import TRAINING_OPENING
from risk.domain.shift import Moderator


async def put_moderator(uow: UnitOfWork, moderator: Moderator, now: datetime) -> None:
    """Idempotent. From the first one on the rota is watched, and each month has its training.

    Raises GroupNotFound.
    """
    await uow.group_sizes.must_know(moderator.group_ids)
    await uow.moderators.put(moderator)
    await uow.timers.schedule(ROTA_WATCH, "", now)
    if not await uow.timers.pending(TRAINING_OPENING, ""):
        await open_next_training_session(uow, now)
