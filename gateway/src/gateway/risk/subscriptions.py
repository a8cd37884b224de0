"""Violations as they are opened."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Self

import strawberry

from gateway.context import Info
from gateway.fields import resolved, subscribed
from gateway.global_ids import global_id, optional_uuid
from gateway.risk.types import LADDER_ACTIONS, RISK_CATEGORIES, LadderAction, RiskCategory, Violation
from gateway.segmentation.arguments import InGroup
from gateway.values import moment
from quanzi.risk.v1.events_pb2 import ViolationOpened


@strawberry.type(description="A violation was opened (违规立案).")
class ViolationNotice:
    violation_id: strawberry.ID = strawberry.field(description="Global id of the violation.")
    category: RiskCategory | None = strawberry.field(description="Why it is risky.")
    strike: int = strawberry.field(description="The member's strikes, this one included.")
    action: LadderAction = strawberry.field(description="What follows (处置).")
    opened_at: datetime = strawberry.field(description="When.")
    event: strawberry.Private[ViolationOpened]

    @resolved("The violation as it is now.")
    async def violation(self, info: Info) -> Violation | None:
        return await info.context.loaders.risk.violations.load(self.event.violation_id)

    @classmethod
    def of(cls, event: ViolationOpened) -> Self:
        return cls(
            violation_id=global_id("Violation", event.violation_id),
            category=RISK_CATEGORIES.get(event.category),
            strike=event.strike,
            action=LADDER_ACTIONS[event.action],
            opened_at=moment(event.opened_at),
            event=event,
        )


@strawberry.type
class RiskSubscriptions:
    @subscribed("Violations (违规) as they are opened.")
    async def violation_opened(
        self, info: Info, group: InGroup = None
    ) -> AsyncGenerator[ViolationNotice, None]:
        info.context.identity.require("admin", "operator", "moderator", "partner")
        group_id = optional_uuid(group, "Group", "group")
        async for event in info.context.live(ViolationOpened):
            if group_id in {"", event.group_id}:
                yield ViolationNotice.of(event)
