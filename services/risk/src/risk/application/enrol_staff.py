"""Staff who are not on the rota must attend a training too."""

from collections.abc import Mapping
from uuid import UUID

from risk.application.ports import UnitOfWork
from risk.application.training_ports import SessionFigures


async def enrol_staff(uow: UnitOfWork, session_id: UUID, names: Mapping[str, str]) -> SessionFigures:
    """Names by staff id. Idempotent. Raises TrainingSessionNotFound."""
    before = await uow.trainings.figures(session_id)
    await uow.attendances.enrol(session_id, names, passed=not before.questions)
    return await uow.trainings.figures(session_id)
