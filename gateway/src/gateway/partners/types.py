"""Partners in the graph."""

from datetime import datetime
from typing import Self

import strawberry

from chassis.messaging import EVENTS
from gateway.global_ids import Node, global_id
from gateway.partners import partner


@strawberry.type(description="How a partner connects to NATS.")
class NatsAccess:
    user: str = strawberry.field(description="User; the password is the API key.")
    stream: str = strawberry.field(description="Stream of the events.")
    consumer: str = strawberry.field(description="Durable pull consumer of the partner on it.")
    api_prefix: str = strawberry.field(
        description="Prefix of the JetStream API, for clients that ask about the consumer before they pull."
    )
    inbox_prefix: str = strawberry.field(description="Prefix of inboxes; the client must be given it.")


@strawberry.type(description="A tool that reads the events of the tenant and reports back (合作伙伴).")
class Partner(Node):
    name: str = strawberry.field(description="Unique in the tenant.")
    registered_at: datetime = strawberry.field(description="When it was registered.")
    disabled_at: datetime | None = strawberry.field(description="When it was disabled (已停用), for good.")
    nats: NatsAccess = strawberry.field(description="How it connects to NATS.")

    @classmethod
    def of(cls, known: partner.Partner) -> Self:
        return cls(
            id=global_id("Partner", str(known.id)),
            name=known.name,
            registered_at=known.registered_at,
            disabled_at=known.disabled_at,
            nats=NatsAccess(
                user=str(known.id),
                stream=EVENTS,
                consumer=partner.consumer_name(known.id),
                api_prefix=partner.API_PREFIX,
                inbox_prefix=partner.inbox_prefix(known.id),
            ),
        )
