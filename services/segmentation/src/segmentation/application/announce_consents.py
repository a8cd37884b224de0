"""Tell what members agree to otherwise than before."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from segmentation.application.ports import UnitOfWork
from segmentation.domain.consents import ConsentChange, Holding, changes
from segmentation.domain.events import MemberConsentChanged


async def announce_consents(
    uow: UnitOfWork, before: Holding, member_ids: Collection[UUID], now: datetime
) -> Sequence[ConsentChange]:
    """Whoever changes consents has the segments looked at as well."""
    changed = changes(before, await uow.consents.holding(member_ids), member_ids)
    await uow.publish(*map(MemberConsentChanged, changed), at=now)
    return changed
