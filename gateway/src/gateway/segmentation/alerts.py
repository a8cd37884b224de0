"""Alerts: groups that are ill, and why."""

from datetime import date, datetime
from enum import Enum
from typing import Annotated, Self

import strawberry

from gateway.connections import After, Connection, First, connection, page
from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import Node, global_id, optional_uuid, uuid_of
from gateway.mutation import Input, Payload, mutation, payload
from gateway.segmentation.arguments import InGroup
from gateway.segmentation.groups import Group
from gateway.segmentation.indicators import INDICATOR_KINDS, IndicatorKind
from gateway.values import by_number, moment, number, optional_moment, timestamp
from quanzi.segmentation.v1 import alerts_pb2


@strawberry.enum(description="What an alert is about.")
class AlertKind(Enum):
    INDICATOR = strawberry.enum_value(
        alerts_pb2.ALERT_KIND_INDICATOR, description="指标异常: an indicator fell below its threshold."
    )
    AT_RISK_OF_LEAVING = strawberry.enum_value(
        alerts_pb2.ALERT_KIND_AT_RISK_OF_LEAVING,
        description="流失预警: messages per member over seven days are too few.",
    )


@strawberry.enum(description="Where an alert stands.")
class AlertStatus(Enum):
    OPEN = strawberry.enum_value(alerts_pb2.ALERT_STATUS_OPEN, description="待处理")
    ACKNOWLEDGED = strawberry.enum_value(
        alerts_pb2.ALERT_STATUS_ACKNOWLEDGED, description="处理中: somebody takes care of it."
    )
    SNOOZED = strawberry.enum_value(
        alerts_pb2.ALERT_STATUS_SNOOZED, description="已暂缓: out of sight until a moment."
    )
    CLOSED = strawberry.enum_value(alerts_pb2.ALERT_STATUS_CLOSED, description="已恢复: healthy again.")


ALERT_KINDS = by_number(AlertKind)
ALERT_STATUSES = by_number(AlertStatus)


@strawberry.type(description="A group is ill, and why (预警). It opens once, and closes by itself.")
class Alert(Node):
    kind: AlertKind = strawberry.field(description="What it is about.")
    indicator: IndicatorKind | None = strawberry.field(description="Of indicators: which one.")
    status: AlertStatus = strawberry.field(description="Where it stands.")
    value: float = strawberry.field(description="The figure at the last look.")
    numerator: float = strawberry.field(description="What is counted.")
    denominator: float = strawberry.field(description="What it is divided by.")
    healthy_from: float = strawberry.field(description="Healthy at or above this.")
    from_date: date = strawberry.field(description="First local date of the window of the figures.")
    to_date: date = strawberry.field(description="Last local date of the window of the figures.")
    direction: str = strawberry.field(description="What to do, in Chinese (优化方向).")
    opened_at: datetime = strawberry.field(description="When it opened.")
    opened_value: float = strawberry.field(description="The figure then.")
    acknowledged_at: datetime | None = strawberry.field(description="When somebody took care of it.")
    acknowledged_by: str | None = strawberry.field(description="Who.")
    note: str | None = strawberry.field(description="What that one said.")
    snoozed_until: datetime | None = strawberry.field(description="Out of sight until then.")
    closed_at: datetime | None = strawberry.field(description="When the group was healthy again.")
    group_uuid: strawberry.Private[str]

    @resolved("The group.")
    async def group(self, info: Info) -> Group | None:
        return await info.context.loaders.segmentation.group(self.group_uuid)

    @classmethod
    def of(cls, alert: alerts_pb2.Alert) -> Self:
        return cls(
            id=global_id("Alert", alert.id),
            kind=ALERT_KINDS[alert.kind],
            indicator=INDICATOR_KINDS.get(alert.indicator),
            status=ALERT_STATUSES[alert.status],
            value=alert.value,
            numerator=alert.numerator,
            denominator=alert.denominator,
            healthy_from=alert.healthy_from,
            from_date=date.fromisoformat(alert.from_date),
            to_date=date.fromisoformat(alert.to_date),
            direction=alert.direction,
            opened_at=moment(alert.opened_at),
            opened_value=alert.opened_value,
            acknowledged_at=optional_moment(alert.acknowledged_at),
            acknowledged_by=alert.acknowledged_by or None,
            note=alert.note or None,
            snoozed_until=optional_moment(alert.snoozed_until),
            closed_at=optional_moment(alert.closed_at),
            group_uuid=alert.group_id,
        )


@strawberry.input(description="Input of `alertAcknowledge`.")
class AlertAcknowledgeInput:
    alert: strawberry.ID = strawberry.field(description="The alert.")
    note: str = strawberry.field(description="What you do about it, at most 500 characters.", default="")


@payload("ALERT_ALREADY_CLOSED", id="alert")
class AlertAcknowledgePayload(Payload):
    alert: Alert | None = strawberry.field(description="The alert.", default=None)


@strawberry.input(description="Input of `alertSnooze`.")
class AlertSnoozeInput:
    alert: strawberry.ID = strawberry.field(description="The alert.")
    until: datetime = strawberry.field(description="In the future, at most 30 days ahead.")


@payload("ALERT_ALREADY_CLOSED", "ALERT_ALREADY_SNOOZED", id="alert")
class AlertSnoozePayload(Payload):
    alert: Alert | None = strawberry.field(description="The alert.", default=None)


@strawberry.type
class AlertQueries:
    @resolved("Alerts (预警), the latest opened first; filters combine with `and`.")
    async def alerts(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        statuses: Annotated[
            list[AlertStatus] | None,
            strawberry.argument(description="Only these; default those not closed."),
        ] = None,
        group: InGroup = None,
        kind: Annotated[AlertKind | None, strawberry.argument(description="Only of this kind.")] = None,
    ) -> Connection[Alert] | None:
        request = alerts_pb2.ListAlertsRequest(
            page=page(info, first, after),
            statuses=map(number, statuses or ()),
            group_id=optional_uuid(group, "Group", "group"),
            kind=number(kind),
        )
        answer = await info.context.clients.alerts.ListAlerts(request)
        return connection(map(Alert.of, answer.alerts), answer.page_info, after)


@strawberry.type
class AlertMutations:
    @mutation("Says that somebody takes care of an alert (处理预警); again changes the note.")
    async def alert_acknowledge(
        self, info: Info, input: Input[AlertAcknowledgeInput]
    ) -> AlertAcknowledgePayload | None:
        request = alerts_pb2.AcknowledgeAlertRequest(
            id=uuid_of(input.alert, "Alert", "alert"), note=input.note
        )
        answer = await info.context.clients.alerts.AcknowledgeAlert(request)
        return AlertAcknowledgePayload(alert=Alert.of(answer.alert))

    @mutation(
        "Puts an alert out of sight until a moment (暂缓预警); then it is open again if it still holds."
    )
    async def alert_snooze(self, info: Info, input: Input[AlertSnoozeInput]) -> AlertSnoozePayload | None:
        request = alerts_pb2.SnoozeAlertRequest(
            id=uuid_of(input.alert, "Alert", "alert"), until=timestamp(input.until)
        )
        answer = await info.context.clients.alerts.SnoozeAlert(request)
        return AlertSnoozePayload(alert=Alert.of(answer.alert))
