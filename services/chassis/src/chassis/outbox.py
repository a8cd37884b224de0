"""Events are written with the change that caused them; `chassis.relay` publishes them afterwards."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis import telemetry
from chassis.cloudevents import encode_body
from chassis.event_type import event_type
from chassis.ids import IDS_IN_SQL, id_prefix, new_id

_APPEND = text("""
    insert into outbox (tenant_id, id, type, subject, schema, partition_key, body, occurred_at, traceparent)
    select :tenant_id, id, type, subject, schema, partition_key, body, :occurred_at, :traceparent
    from unnest(cast(:ids as uuid[]), cast(:types as text[]), cast(:subjects as text[]),
                cast(:schemas as text[]), cast(:partition_keys as text[]), cast(:bodies as bytea[]))
         with ordinality as event (id, type, subject, schema, partition_key, body, position)
    order by position
""")

# Part of a statement of which `rows` selects partition_key and body, the canonical JSON of one event per row.
# Bind `Outbox.row_parameters`.
APPEND_ROWS = f"""
    insert into outbox (tenant_id, id, type, subject, schema, partition_key, body, occurred_at, traceparent)
    select cast(:event_tenant_id as uuid), {IDS_IN_SQL.format(prefix="event_id_prefix")},
        :event_type, :event_subject, :event_schema, partition_key,
        convert_to(cast(body as text), 'UTF8'), :event_occurred_at, cast(:event_traceparent as text)
    from ({{rows}}) as event
"""  # noqa: S608 constants only


class Outbox:
    def __init__(self, connection: AsyncConnection, tenant_id: UUID) -> None:
        self._connection, self._tenant_id = connection, tenant_id

    async def append(self, messages: Sequence[Message], occurred_at: datetime) -> None:
        """Publish once this transaction commits, in this order within a partition key.

        Raises NotAnEvent, EventTooLarge, or ValueError if a message lacks its partition key.
        """
        if not messages:
            return
        types = [event_type(message.DESCRIPTOR) for message in messages]
        await self._connection.execute(
            _APPEND,
            {
                "tenant_id": self._tenant_id,
                "occurred_at": occurred_at,
                "traceparent": telemetry.inject().get("traceparent"),
                "ids": [new_id() for _ in messages],
                "types": [kind.name for kind in types],
                "subjects": [kind.subject(self._tenant_id) for kind in types],
                "schemas": [kind.schema for kind in types],
                "partition_keys": [
                    _partition_key(message, kind.partition_key)
                    for message, kind in zip(messages, types, strict=True)
                ],
                "bodies": [encode_body(message) for message in messages],
            },
        )

    def row_parameters(self, descriptor: Descriptor, occurred_at: datetime) -> dict[str, Any]:
        """What APPEND_ROWS needs, for events of this message. Raises NotAnEvent."""
        kind = event_type(descriptor)
        return {
            "event_tenant_id": self._tenant_id,
            "event_id_prefix": id_prefix(),
            "event_type": kind.name,
            "event_subject": kind.subject(self._tenant_id),
            "event_schema": kind.schema,
            "event_occurred_at": occurred_at,
            "event_traceparent": telemetry.inject().get("traceparent"),
        }


def _partition_key(message: Message, field: str) -> str:
    value = getattr(message, field)
    if not value:
        raise ValueError(f"{message.DESCRIPTOR.full_name}: {field} orders the event and must not be empty")
    return str(value)
