"""Events for tests, as a consumer hands them to its handler."""

from datetime import datetime
from uuid import UUID

from google.protobuf.message import Message

from chassis.cloudevents import CloudEvent, encode_body
from chassis.consumer import Received, Subscription
from chassis.database import Database, Session
from chassis.event_type import event_type
from chassis.ids import new_id


def received(tenant_id: UUID, message: Message, at: datetime) -> Received:
    kind = event_type(message.DESCRIPTOR)
    event = CloudEvent(
        id=str(new_id()),
        source=f"/{kind.service}",
        type=kind.name,
        subject=kind.subject(tenant_id),
        time=at,
        schema=kind.schema,
        partition_key=str(getattr(message, kind.partition_key)),
        sequence=1,
        tenant_id=tenant_id,
        data=encode_body(message),
    )
    return Received(event.id, event.type, tenant_id, at, None, event)


async def hand(
    database: Database, subscription: Subscription[Session], tenant_id: UUID, message: Message, at: datetime
) -> None:
    """One event, in a transaction of its own."""
    async with database.session(tenant_id) as session:
        await subscription.handle(session, [received(tenant_id, message, at)])
