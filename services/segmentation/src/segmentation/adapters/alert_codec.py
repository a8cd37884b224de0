"""What happened to alerts, as the messages of quanzi/segmentation/v1/events.proto."""

from chassis import texts
from chassis.timestamps import optional_timestamp, timestamp
from quanzi.segmentation.v1 import alerts_pb2, events_pb2, indicators_pb2
from segmentation.domain.alerts import Alert

text = texts.load("segmentation")


def opened(alert: Alert) -> events_pb2.AlertOpened:
    subject, figures = alert.subject, alert.figures
    return events_pb2.AlertOpened(
        alert_id=str(alert.id),
        group_id=str(subject.group_id),
        kind=alerts_pb2.AlertKind.ValueType(subject.kind),
        indicator=indicators_pb2.IndicatorKind.ValueType(subject.indicator or 0),
        value=figures.value,
        numerator=figures.numerator,
        denominator=figures.denominator,
        healthy_from=figures.healthy_from,
        direction=text("direction", subject.topic),
        opened_at=timestamp(alert.opened_at),
    )


def updated(alert: Alert) -> events_pb2.AlertUpdated:
    return events_pb2.AlertUpdated(
        alert_id=str(alert.id),
        group_id=str(alert.subject.group_id),
        status=alerts_pb2.AlertStatus.ValueType(alert.status),
    )


def closed(alert: Alert) -> events_pb2.AlertClosed:
    subject, figures = alert.subject, alert.figures
    return events_pb2.AlertClosed(
        alert_id=str(alert.id),
        group_id=str(subject.group_id),
        kind=alerts_pb2.AlertKind.ValueType(subject.kind),
        indicator=indicators_pb2.IndicatorKind.ValueType(subject.indicator or 0),
        value=figures.value,
        numerator=figures.numerator,
        denominator=figures.denominator,
        healthy_from=figures.healthy_from,
        closed_at=optional_timestamp(alert.closed_at),
    )
