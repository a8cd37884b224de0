"""Remember for the timelines of members what other services tell."""

from collections.abc import Sequence

from segmentation.application.ports import UnitOfWork
from segmentation.domain.timeline import Happening


async def record_happenings(uow: UnitOfWork, happenings: Sequence[Happening]) -> None:
    """One known already changes nothing. Of a member merged away it is the other's; erased ones have none."""
    await uow.identities.hold()
    erased = await uow.erased.among({str(it.member_id) for it in happenings})
    await uow.timeline.add(
        [it for it in happenings if (at := erased.get(str(it.member_id))) is None or it.occurred_at > at]
    )
