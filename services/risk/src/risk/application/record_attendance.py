"""People were at a training."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from risk.application.ports import UnitOfWork
from risk.domain.rota_events import TrainingCompleted
from risk.domain.training import Attendance


async def record_attendance(
    uow: UnitOfWork, session_id: UUID, staff_ids: Collection[str], now: datetime
) -> Sequence[Attendance]:
    """Idempotent. Raises TrainingSessionNotFound, NotEnrolled."""
    await uow.trainings.get(session_id)
    were = await uow.attendances.hold(session_id, staff_ids)
    attended = [it.attend(now) for it in were]
    await uow.attendances.save(attended)
    completed = [it for it, was in zip(attended, were, strict=True) if it.completed_at != was.completed_at]
    await uow.publish(*map(TrainingCompleted, completed), at=now)
    return attended
