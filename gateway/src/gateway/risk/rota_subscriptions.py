"""Gaps in cover as they are foreseen and closed."""

from collections.abc import AsyncGenerator
from typing import Self, TypeAlias

import strawberry

from gateway.context import Info
from gateway.fields import resolved, subscribed
from gateway.global_ids import global_id, optional_uuid
from gateway.segmentation.arguments import InGroup
from gateway.segmentation.groups import Group
from quanzi.risk.v1.events_pb2 import RotaGapClosed, RotaGapForeseen

GapEvent: TypeAlias = RotaGapForeseen | RotaGapClosed


@strawberry.type(description="A gap in cover was foreseen, or is closed (值班缺口变化).")
class RotaGapChange:
    gap_id: strawberry.ID = strawberry.field(description="Global id of the gap, as in `rotaGaps`.")
    closed: bool = strawberry.field(description="It is covered, or over.")
    group_uuid: strawberry.Private[str]

    @resolved("Where.")
    async def group(self, info: Info) -> Group | None:
        return await info.context.loaders.segmentation.group(self.group_uuid)

    @classmethod
    def of(cls, event: GapEvent) -> Self:
        return cls(
            gap_id=global_id("RotaGap", event.gap_id),
            closed=isinstance(event, RotaGapClosed),
            group_uuid=event.group_id,
        )


@strawberry.type
class RotaSubscriptions:
    @subscribed("Gaps in cover (值班缺口) as they are foreseen and closed.")
    async def rota_gap_changed(
        self, info: Info, group: InGroup = None
    ) -> AsyncGenerator[RotaGapChange, None]:
        info.context.identity.require("admin", "moderator")
        group_id = optional_uuid(group, "Group", "group")
        events: AsyncGenerator[GapEvent, None] = info.context.live(RotaGapForeseen, RotaGapClosed)
        async for event in events:
            if group_id in {"", event.group_id}:
                yield RotaGapChange.of(event)
