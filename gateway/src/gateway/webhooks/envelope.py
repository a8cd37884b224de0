"""A CloudEvent as webhooks carry it: structured JSON, all in one object."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import orjson
from google.protobuf.message import Message

from chassis.cloudevents import CONTENT_TYPE as DATA_CONTENT_TYPE
from chassis.cloudevents import SCHEMA_PREFIX, CloudEvent

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"


def structured(event: CloudEvent) -> bytes:
    """`data` is the body of the event, byte for byte."""
    attributes = {
        "specversion": "1.0",
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "subject": event.subject,
        "time": _instant(event.time),
        "dataschema": SCHEMA_PREFIX + event.schema,
        "datacontenttype": DATA_CONTENT_TYPE,
        "partitionkey": event.partition_key,
        "sequence": str(event.sequence),
        "tenantid": str(event.tenant_id),
        "data": orjson.Fragment(event.data),
    }
    if event.traceparent:
        attributes["traceparent"] = event.traceparent
    return orjson.dumps(attributes)


def test_event(event_id: str, tenant_id: UUID, endpoint_id: UUID, now: datetime) -> bytes:
    """What the test button sends; it is not in the catalogue and carries no data."""
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": event_id,
            "source": "/quanzi/gateway",
            "type": "quanzi.gateway.webhook_endpoint.tested.v1",
            "subject": str(endpoint_id),
            "time": _instant(now),
            "tenantid": str(tenant_id),
        }
    )


def groups_of(message: Message) -> Sequence[str]:
    """The groups an event names; none for those that are not about groups."""
    if group_ids := getattr(message, "group_ids", None):
        return list(group_ids)
    group_id = getattr(message, "group_id", "")
    return [group_id] if group_id else []


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
