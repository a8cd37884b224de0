"""Events are written with the change that caused them; `chassis.relay` publishes them afterwards."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from google.protobuf.message import Message
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis import telemetry
from chassis.cloudevents import encode_body
from chassis.event_type import event_type
from chassis.ids import new_id

_APPEND = text("""
    insert into outbox (tenant_id, id, type, subject, schema, partition_key, body, occurred_at, traceparent)
    select :tenant_id, id, type, subject, schema, partition_key, body, :occurred_at, :traceparent
    from unnest(cast(:ids as uuid[]), cast(:types as text[]), cast(:subjects as text[]),
                cast(:schemas as text[]), cast(:partition_keys as text[]), cast(:bodies as bytea[]))
         with ordinality as event (id, type, subject, schema, partition_key, body, position)
    order by position
""")


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


def _partition_key(message: Message, field: str) -> str:
    value = getattr(message, field)
    if not value:
        raise ValueError(f"{message.DESCRIPTOR.full_name}: {field} orders the event and must not be empty")
    return str(value)
