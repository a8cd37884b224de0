"""What members did."""

from datetime import datetime
from typing import Self

import strawberry

from gateway.context import Info
from gateway.fields import resolved
from gateway.scalars import Int64
from gateway.segmentation.activity_kinds import ACTIVITY_KINDS, ActivityKind
from gateway.segmentation.groups import Group
from gateway.segmentation.members import Member
from gateway.values import moment
from quanzi.segmentation.v1 import members_pb2


@strawberry.type(description="One recorded activity.")
class RecordedActivity:
    kind: ActivityKind = strawberry.field(description="What the member did.")
    occurred_at: datetime = strawberry.field(description="When it happened.")
    amount_minor: Int64 = strawberry.field(
        description="Effect on spend in minor units: above 0 for orders, below for refunds, else 0."
    )
    message: strawberry.Private[members_pb2.RecordedActivity]

    @resolved("Id of the activity, the same in every service.")
    def activity_id(self) -> str:
        return self.message.id

    @resolved("Who.")
    async def member(self, info: Info) -> Member | None:
        return await info.context.loaders.segmentation.member(self.message.member_id)

    @resolved("Where; null outside groups.")
    async def group(self, info: Info) -> Group | None:
        return await info.context.loaders.segmentation.group(self.message.group_id)

    @classmethod
    def of(cls, activity: members_pb2.RecordedActivity) -> Self:
        return cls(
            kind=ACTIVITY_KINDS[activity.kind],
            occurred_at=moment(activity.occurred_at),
            amount_minor=Int64(activity.amount_minor),
            message=activity,
        )
