"""Opinion incidents as they are opened, escalated, acknowledged and closed."""

from collections.abc import AsyncGenerator
from enum import Enum
from typing import Self, TypeAlias

import strawberry

from gateway.context import Info
from gateway.fields import resolved, subscribed
from gateway.global_ids import global_id, optional_uuid
from gateway.risk.opinions import OPINION_SEVERITIES, OpinionIncident, OpinionSeverity
from gateway.segmentation.arguments import InGroup
from quanzi.risk.v1.events_pb2 import (
    OpinionIncidentAcknowledged,
    OpinionIncidentClosed,
    OpinionIncidentEscalated,
    OpinionIncidentOpened,
)

OpinionEvent: TypeAlias = (
    OpinionIncidentOpened | OpinionIncidentEscalated | OpinionIncidentAcknowledged | OpinionIncidentClosed
)


@strawberry.enum(description="What happened to an opinion incident.")
class OpinionTurn(Enum):
    OPENED = strawberry.enum_value("opinion_incident_opened", description="已发生")
    ESCALATED = strawberry.enum_value(
        "opinion_incident_escalated", description="已升级: graver, or not acknowledged in time."
    )
    ACKNOWLEDGED = strawberry.enum_value("opinion_incident_acknowledged", description="已响应")
    CLOSED = strawberry.enum_value("opinion_incident_closed", description="已关闭")


_TURNS = {
    OpinionIncidentOpened: OpinionTurn.OPENED,
    OpinionIncidentEscalated: OpinionTurn.ESCALATED,
    OpinionIncidentAcknowledged: OpinionTurn.ACKNOWLEDGED,
    OpinionIncidentClosed: OpinionTurn.CLOSED,
}


@strawberry.type(description="Something happened to an opinion incident (舆情变化).")
class OpinionIncidentChange:
    incident_id: strawberry.ID = strawberry.field(description="Global id of the incident.")
    severity: OpinionSeverity = strawberry.field(description="How grave it was then.")
    turn: OpinionTurn = strawberry.field(description="What happened.")
    uuid: strawberry.Private[str]

    @resolved("The incident as it is now.")
    async def incident(self, info: Info) -> OpinionIncident | None:
        return await info.context.loaders.risk.opinion_incidents.load(self.uuid)

    @classmethod
    def of(cls, event: OpinionEvent) -> Self:
        return cls(
            incident_id=global_id("OpinionIncident", event.incident_id),
            severity=OPINION_SEVERITIES[event.severity],
            turn=_TURNS[type(event)],
            uuid=event.incident_id,
        )


@strawberry.type
class OpinionSubscriptions:
    @subscribed("Opinion incidents (舆情事件) as they are opened, escalated, acknowledged and closed.")
    async def opinion_incident_changed(
        self, info: Info, group: InGroup = None
    ) -> AsyncGenerator[OpinionIncidentChange, None]:
        info.context.identity.require("admin", "moderator")
        group_id = optional_uuid(group, "Group", "group")
        events: AsyncGenerator[OpinionEvent, None]
        events = info.context.live(
            OpinionIncidentOpened,
            OpinionIncidentEscalated,
            OpinionIncidentAcknowledged,
            OpinionIncidentClosed,
        )
        async for event in events:
            if group_id in {"", event.group_id}:
                yield OpinionIncidentChange.of(event)
