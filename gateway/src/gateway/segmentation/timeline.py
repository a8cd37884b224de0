"""What happened to and by a member, across all services."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Self, TypeAlias

import strawberry

from gateway.context import Info
from gateway.fields import resolved
from gateway.scalars import Int64
from gateway.segmentation.activity_kinds import ACTIVITY_KINDS, ActivityKind
from gateway.segmentation.groups import Group
from gateway.segmentation.tiers import TIERS, Tier
from gateway.values import by_number, moment
from quanzi.segmentation.v1 import profiles_pb2


@strawberry.enum(description="What kind of thing an entry of the timeline is.")
class TimelineKind(Enum):
    ACTIVITY = strawberry.enum_value(
        profiles_pb2.TIMELINE_KIND_ACTIVITY, description="行为: anything but orders."
    )
    ORDER = strawberry.enum_value(profiles_pb2.TIMELINE_KIND_ORDER, description="订单: paid or refunded.")
    TIER = strawberry.enum_value(profiles_pb2.TIMELINE_KIND_TIER, description="层级变化")
    TAG = strawberry.enum_value(
        profiles_pb2.TIMELINE_KIND_TAG, description="标签: set, removed, confirmed, rejected."
    )
    TICKET = strawberry.enum_value(profiles_pb2.TIMELINE_KIND_TICKET, description="工单")
    VIOLATION = strawberry.enum_value(profiles_pb2.TIMELINE_KIND_VIOLATION, description="违规")
    CAMPAIGN = strawberry.enum_value(
        profiles_pb2.TIMELINE_KIND_CAMPAIGN, description="活动参与: claims of campaigns."
    )
    MERGE = strawberry.enum_value(
        profiles_pb2.TIMELINE_KIND_MERGE,
        description="合并: merged with another member, or separated again.",
    )
    CONSENT = strawberry.enum_value(
        profiles_pb2.TIMELINE_KIND_CONSENT, description="个人信息同意: given or withdrawn."
    )


TIMELINE_KINDS = by_number(TimelineKind)

OfKinds: TypeAlias = Annotated[
    list[TimelineKind] | None, strawberry.argument(description="Only of these kinds; default all.")
]


@strawberry.type(description="One thing that happened to or by a member (用户画像 / 行为轨迹).")
class TimelineEntry:
    kind: TimelineKind = strawberry.field(description="What kind of thing.")
    occurred_at: datetime = strawberry.field(description="When it happened.")
    title: str = strawberry.field(description="What happened in one line, in Chinese.")
    activity_kind: ActivityKind | None = strawberry.field(description="Of activities and orders.")
    amount_minor: Int64 | None = strawberry.field(
        description="Of orders: effect on spend in minor units, below 0 for refunds."
    )
    tier: Tier | None = strawberry.field(description="Of tier changes: the tier from then on.")
    previous_tier: Tier | None = strawberry.field(description="Of tier changes: the tier before.")
    subject_id: str | None = strawberry.field(
        description="Uuid of the ticket, violation, claim or merge it is about; the order, tag or purpose."
    )
    state: str | None = strawberry.field(
        description='State of the subject from then on, in the words of its service: "RESOLVED".'
    )
    message: strawberry.Private[profiles_pb2.TimelineEntry]

    @resolved("Id of the entry, to tell entries apart.")
    def entry_id(self) -> str:
        return self.message.id

    @resolved("Where; null outside groups.")
    async def group(self, info: Info) -> Group | None:
        return await info.context.loaders.segmentation.group(self.message.group_id)

    @classmethod
    def of(cls, entry: profiles_pb2.TimelineEntry) -> Self:
        kind = TIMELINE_KINDS[entry.kind]
        return cls(
            kind=kind,
            occurred_at=moment(entry.occurred_at),
            title=entry.title,
            activity_kind=ACTIVITY_KINDS.get(entry.activity_kind),
            amount_minor=Int64(entry.amount_minor) if kind is TimelineKind.ORDER else None,
            tier=TIERS.get(entry.tier),
            previous_tier=TIERS.get(entry.previous_tier),
            subject_id=entry.subject_id or None,
            state=entry.state or None,
            message=entry,
        )
