"""A post was removed, or an act was none: what it earned is taken back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from risk.application.book_points import reverse_points
from risk.application.ports import UnitOfWork
from risk.domain.points import PointEntry, PointReason


async def reverse_act(uow: UnitOfWork, activity_id: UUID, now: datetime) -> Sequence[PointEntry]:
    """Once, however often it is asked; of an act that earned nothing: nothing."""
    return await reverse_points(uow, [activity_id], PointReason.EARNED, now)
