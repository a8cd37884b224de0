"""Tiers, segments, alerts and exports as they change."""

from collections.abc import AsyncGenerator
from datetime import datetime
from enum import Enum
from typing import Annotated, Self, TypeAlias

import strawberry

from gateway.context import Info
from gateway.fields import resolved, subscribed
from gateway.global_ids import global_id, optional_uuid
from gateway.segmentation.alerts import Alert
from gateway.segmentation.arguments import InGroup, OfMember
from gateway.segmentation.consents import CONSENT_STATES, ConsentState, OfPurpose
from gateway.segmentation.members import Member
from gateway.segmentation.operations import OPERATION_STATUSES, Operation, OperationStatus
from gateway.segmentation.segments import Segment
from gateway.segmentation.tiers import TIERS, Tier
from gateway.values import moment, optional_moment
from quanzi.segmentation.v1.events_pb2 import (
    AlertClosed,
    AlertOpened,
    AlertUpdated,
    MemberConsentChanged,
    MemberTierChanged,
    OperationFinished,
    SegmentMembersChanged,
)

AlertEvent: TypeAlias = AlertOpened | AlertUpdated | AlertClosed


@strawberry.enum(description="What happened to an alert.")
class AlertTurn(Enum):
    OPENED = strawberry.enum_value("alert_opened", description="已触发: the group fell ill.")
    UPDATED = strawberry.enum_value(
        "alert_updated", description="Acknowledged or snoozed, or its sleep is over."
    )
    CLOSED = strawberry.enum_value("alert_closed", description="已解除: the group is healthy again.")


_TURNS = {AlertOpened: AlertTurn.OPENED, AlertUpdated: AlertTurn.UPDATED, AlertClosed: AlertTurn.CLOSED}


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


@strawberry.type(description="A member agreed to something, or took it back (同意变化).")
class MemberConsentChange:
    member_id: strawberry.ID = strawberry.field(description="Global id of the member.")
    purpose: str = strawberry.field(description="Code of the purpose.")
    state: ConsentState = strawberry.field(description="What holds from now on.")
    previous_state: ConsentState = strawberry.field(description="What held before.")
    occurred_at: datetime | None = strawberry.field(
        description="When the member said so; null when nothing is known any more, after a reversed merge."
    )
    event: strawberry.Private[MemberConsentChanged]

    @resolved("The member as it is now.")
    async def member(self, info: Info) -> Member | None:
        return await info.context.loaders.segmentation.members.load(self.event.member_id)

    @classmethod
    def of(cls, event: MemberConsentChanged) -> Self:
        return cls(
            member_id=global_id("Member", event.member_id),
            purpose=event.purpose,
            state=CONSENT_STATES[event.state],
            previous_state=CONSENT_STATES[event.previous_state],
            occurred_at=optional_moment(event.occurred_at),
            event=event,
        )


@strawberry.type(description="Members entered or left a segment (人群变化), at most 500 at once.")
class SegmentMembersChange:
    segment_id: strawberry.ID = strawberry.field(description="Global id of the segment.")
    version: int = strawberry.field(description="Version of its condition.")
    entered_member_ids: list[strawberry.ID] = strawberry.field(description="Global ids of those who entered.")
    left_member_ids: list[strawberry.ID] = strawberry.field(description="Global ids of those who left.")
    segment_uuid: strawberry.Private[str]

    @resolved("The segment as it is now.")
    async def segment(self, info: Info) -> Segment | None:
        return await info.context.loaders.segmentation.segments.load(self.segment_uuid)

    @classmethod
    def of(cls, event: SegmentMembersChanged) -> Self:
        return cls(
            segment_id=global_id("Segment", event.segment_id),
            version=event.version,
            entered_member_ids=[global_id("Member", one) for one in event.entered_member_ids],
            left_member_ids=[global_id("Member", one) for one in event.left_member_ids],
            segment_uuid=event.segment_id,
        )


@strawberry.type(description="An alert opened, was taken care of, or closed (预警变化).")
class AlertChange:
    alert_id: strawberry.ID = strawberry.field(description="Global id of the alert.")
    group_id: strawberry.ID = strawberry.field(description="Global id of the group.")
    turn: AlertTurn = strawberry.field(description="What happened.")
    alert_uuid: strawberry.Private[str]

    @resolved("The alert as it is now.")
    async def alert(self, info: Info) -> Alert | None:
        return await info.context.loaders.segmentation.alerts.load(self.alert_uuid)

    @classmethod
    def of(cls, event: AlertEvent) -> Self:
        return cls(
            alert_id=global_id("Alert", event.alert_id),
            group_id=global_id("Group", event.group_id),
            turn=_TURNS[type(event)],
            alert_uuid=event.alert_id,
        )


@strawberry.type(description="Long work ended (任务结束).")
class OperationEnd:
    operation_id: strawberry.ID = strawberry.field(description="Global id of the operation.")
    status: OperationStatus = strawberry.field(description="SUCCEEDED or FAILED.")
    operation_uuid: strawberry.Private[str]

    @resolved("The operation as it is now, with the address of its file.")
    async def operation(self, info: Info) -> Operation | None:
        return await info.context.loaders.segmentation.operations.load(self.operation_uuid)

    @classmethod
    def of(cls, event: OperationFinished) -> Self:
        return cls(
            operation_id=global_id("Operation", event.operation_id),
            status=OPERATION_STATUSES[event.status],
            operation_uuid=event.operation_id,
        )


@strawberry.type
class SegmentationSubscriptions:
    @subscribed("Tiers of members as they change (层级变化).")
    async def member_tier_changed(
        self, info: Info, group: InGroup = None
    ) -> AsyncGenerator[MemberTierChange, None]:
        info.context.identity.require("admin", "operator", "moderator", "agent", "partner")
        group_id = optional_uuid(group, "Group", "group")
        async for event in info.context.live(MemberTierChanged):
            if not group_id or group_id in event.group_ids:
                yield MemberTierChange.of(event)

    @subscribed("Consents of members as they change (同意变化).")
    async def member_consent_changed(
        self, info: Info, member: OfMember = None, purpose: OfPurpose = None
    ) -> AsyncGenerator[MemberConsentChange, None]:
        info.context.identity.require("admin", "operator", "agent", "partner")
        member_id = optional_uuid(member, "Member", "member")
        async for event in info.context.live(MemberConsentChanged):
            if member_id in {"", event.member_id} and purpose in {None, event.purpose}:
                yield MemberConsentChange.of(event)

    @subscribed("Members of segments as they enter and leave (人群变化).")
    async def segment_members_changed(
        self,
        info: Info,
        segment: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only of this segment.")
        ] = None,
    ) -> AsyncGenerator[SegmentMembersChange, None]:
        info.context.identity.require("admin", "operator", "moderator", "partner")
        segment_id = optional_uuid(segment, "Segment", "segment")
        async for event in info.context.live(SegmentMembersChanged):
            if segment_id in {"", event.segment_id}:
                yield SegmentMembersChange.of(event)

    @subscribed("Alerts as they open, are taken care of, and close (预警).")
    async def alert_changed(self, info: Info, group: InGroup = None) -> AsyncGenerator[AlertChange, None]:
        info.context.identity.require("admin", "operator", "moderator", "partner")
        group_id = optional_uuid(group, "Group", "group")
        events: AsyncGenerator[AlertEvent, None]
        events = info.context.live(AlertOpened, AlertUpdated, AlertClosed)
        async for event in events:
            if group_id in {"", event.group_id}:
                yield AlertChange.of(event)

    @subscribed("Exports as they end (导出完成).")
    async def operation_finished(
        self,
        info: Info,
        operation: Annotated[strawberry.ID | None, strawberry.argument(description="Only this one.")] = None,
    ) -> AsyncGenerator[OperationEnd, None]:
        info.context.identity.require("admin", "operator")
        operation_id = optional_uuid(operation, "Operation", "operation")
        async for event in info.context.live(OperationFinished):
            if operation_id in {"", event.operation_id}:
                yield OperationEnd.of(event)
