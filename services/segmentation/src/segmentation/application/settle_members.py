"""Work out anew what follows from the activities of members that were merged or separated."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from segmentation.application.assign_tiers import assign_tiers
from segmentation.application.ports import UnitOfWork
from segmentation.application.refresh_segments import refresh_segments
from segmentation.domain.activity import Recorded
from segmentation.domain.policy import TierPolicy


async def settle_members(
    uow: UnitOfWork,
    member_ids: Sequence[UUID],
    stays: Sequence[tuple[UUID, UUID]],
    policy: TierPolicy,
    now: datetime,
) -> None:
    """Stays of these members and groups, tiers, segments. Nobody joined or left: that is not told."""
    await uow.memberships.rebuild(Recorded(unsettled=stays))
    everything = Recorded(member_ids=member_ids, buyer_ids=member_ids)
    changes = await assign_tiers(uow, await uow.tiers.open_after(everything, policy, now), policy, now)
    await uow.publish(*changes, at=now)
    await refresh_segments(uow, member_ids, now)
