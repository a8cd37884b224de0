"""Say who has not completed a training: before its deadline, and at it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from risk.application.ports import UnitOfWork
from risk.domain.rota_events import TrainingOverdue, TrainingReminded


async def remind_of_training(uow: UnitOfWork, session_id: UUID, now: datetime) -> None:
    """One event for all of a session; none if everybody has completed it."""
    if staff := [it.staff_id for it in await uow.attendances.unfinished([session_id])]:
        await uow.publish(TrainingReminded(await uow.trainings.get(session_id), tuple(staff)), at=now)


async def mark_training_overdue(uow: UnitOfWork, session_ids: Collection[UUID], now: datetime) -> None:
    """One event for each person, once."""
    await uow.publish(*map(TrainingOverdue, await uow.attendances.mark_overdue(session_ids, now)), at=now)
