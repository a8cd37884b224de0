"""Members that are found to be one person, or no longer: their cases are ranked anew."""

from collections.abc import Callable, Collection
from uuid import UUID

from chassis import merged
from chassis.clock import Clock
from chassis.consumer import Subscription
from chassis.database import Session
from quanzi.segmentation.v1.events_pb2 import MemberMerged, MergeReversed
from risk.application.ports import UnitOfWork
from risk.application.rank_cases import rank_cases


def merges(unit_of_work: Callable[[Session], UnitOfWork], clock: Clock) -> Subscription[Session]:
    async def rank(session: Session, member_ids: Collection[UUID]) -> None:
        await rank_cases(unit_of_work(session), member_ids, clock())

    return merged.subscription("risk", MemberMerged, MergeReversed, rank)
