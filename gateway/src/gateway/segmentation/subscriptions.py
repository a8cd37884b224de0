"""Tier changes as they happen."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated, Self

import strawberry

from gateway.context import Info
from gateway.fields import resolved, subscribed
from gateway.global_ids import global_id, optional_uuid
from gateway.segmentation.types import TIERS, Member, Tier
from gateway.values import moment
from quanzi.segmentation.v1.events_pb2 import MemberTierChanged

OnlyGroup = Annotated[strawberry.ID | None, strawberry.argument(description="Only of this group.")]


@strawberry.type(description="A member's tier changed (层级变化).")
class MemberTierChange:
    member_id: strawberry.ID = strawberry.field(description="Global id of the member.")
    tier: Tier = strawberry.field(description="The tier from now on.")
    previous_tier: Tier | None = strawberry.field(description="The tier before; null at first.")
    assigned_at: datetime = strawberry.field(description="Since when.")
    event: strawberry.Private[MemberTierChanged]

    @resolved("The member as it is now.")
    async def member(self, info: Info) -> Member | None:
        return await info.context.loaders.segmentation.members.load(self.event.member_id)

    @classmethod
    def of(cls, event: MemberTierChanged) -> Self:
        return cls(
            member_id=global_id("Member", event.member_id),
            tier=TIERS[event.tier],
            previous_tier=TIERS.get(event.previous_tier),
            assigned_at=moment(event.assigned_at),
            event=event,
        )


@strawberry.type
class SegmentationSubscriptions:
    @subscribed("Tiers of members as they change (层级变化).")
    async def member_tier_changed(
        self, info: Info, group: OnlyGroup = None
    ) -> AsyncGenerator[MemberTierChange, None]:
        info.context.identity.require("admin", "operator", "moderator", "agent", "partner")
        group_id = optional_uuid(group, "Group", "group")
        async for event in info.context.live(MemberTierChanged):
            if not group_id or group_id in event.group_ids:
                yield MemberTierChange.of(event)
