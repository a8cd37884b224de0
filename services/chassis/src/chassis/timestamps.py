"""Instants on the wire."""

from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp

_EPOCH = datetime.fromtimestamp(0, UTC)


def timestamp(instant: datetime) -> Timestamp:
    """Three times as fast as `FromDatetime`, which lists of many instants feel."""
    since = instant - _EPOCH
    return Timestamp(seconds=since.days * 86_400 + since.seconds, nanos=since.microseconds * 1_000)


def optional_timestamp(instant: datetime | None) -> Timestamp | None:
    return None if instant is None else timestamp(instant)


def moment(message: Timestamp) -> datetime:
    """UTC."""
    return message.ToDatetime(UTC)
