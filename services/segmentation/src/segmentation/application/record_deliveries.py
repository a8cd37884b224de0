"""Remember which posts reached which groups: who was present then was reached."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from segmentation.application.ports import UnitOfWork


class Delivery(NamedTuple):
    post_id: UUID
    group_id: UUID
    delivered_at: datetime


async def record_deliveries(uow: UnitOfWork, deliveries: Sequence[Delivery]) -> None:
    """A delivery known already changes nothing."""
    if deliveries:
        post_ids, group_ids, delivered_at = zip(*deliveries, strict=True)
        await uow.deliveries.add(post_ids, group_ids, delivered_at)
