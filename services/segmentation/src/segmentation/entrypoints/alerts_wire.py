"""Alerts as the messages of alerts.proto."""

from chassis import texts
from chassis.timestamps import optional_timestamp, timestamp
from quanzi.segmentation.v1 import alerts_pb2, indicators_pb2
from segmentation.domain.alerts import Alert

text = texts.load("segmentation")


def alert_to_wire(alert: Alert) -> alerts_pb2.Alert:
    subject, figures = alert.subject, alert.figures
    return alerts_pb2.Alert(
        id=str(alert.id),
        group_id=str(subject.group_id),
        kind=alerts_pb2.AlertKind.ValueType(subject.kind),
        indicator=indicators_pb2.IndicatorKind.ValueType(subject.indicator or 0),
        status=alerts_pb2.AlertStatus.ValueType(alert.status),
        numerator=figures.numerator,
        denominator=figures.denominator,
        value=figures.value,
        healthy_from=figures.healthy_from,
        from_date=figures.from_date.isoformat(),
        to_date=figures.to_date.isoformat(),
        direction=text("direction", subject.topic),
        opened_at=timestamp(alert.opened_at),
        opened_value=alert.opened_value,
        acknowledged_at=optional_timestamp(alert.acknowledged_at),
        acknowledged_by=alert.acknowledged_by,
        note=alert.note,
        snoozed_until=optional_timestamp(alert.snoozed_until),
        closed_at=optional_timestamp(alert.closed_at),
    )
