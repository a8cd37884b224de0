"""Remember for the timelines of members what other services tell."""

from collections.abc import Sequence

from segmentation.application.ports import UnitOfWork
from segmentation.domain.timeline import Happening


async def record_happenings(uow: UnitOfWork, happenings: Sequence[Happening]) -> None:
    """One known already changes nothing; of a member merged away, it is the other's."""
    await uow.identities.hold()
    await uow.timeline.add(happenings)
