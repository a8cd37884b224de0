"""Webhook endpoints and deliveries in the graph."""

from datetime import datetime
from enum import Enum
from typing import Self

import strawberry

from gateway.global_ids import Node, global_id
from gateway.webhooks import delivery_store, endpoint
from gateway.webhooks.attempt import Answer


@strawberry.enum(description="Whether events are sent to an endpoint.")
class WebhookEndpointStatus(Enum):
    ACTIVE = strawberry.enum_value("ACTIVE", description="They are (启用).")
    PAUSED = strawberry.enum_value(
        "PAUSED", description="By hand or after failures (已暂停); events go on being recorded for it."
    )
    DISABLED = strawberry.enum_value(
        "DISABLED", description="It answered 410, or its partner is disabled (已停用)."
    )


@strawberry.enum(description="What became of a delivery.")
class WebhookDeliveryStatus(Enum):
    PENDING = strawberry.enum_value("PENDING", description="It is, or will again be, attempted (待发送).")
    DELIVERED = strawberry.enum_value("DELIVERED", description="The endpoint answered 2xx (已送达).")
    FAILED = strawberry.enum_value("FAILED", description="No attempt will follow (失败).")


@strawberry.type(description="Where a partner wants events to be sent (Webhook 地址).")
class WebhookEndpoint(Node):
    partner_id: strawberry.ID = strawberry.field(description="Global id of its partner.")
    url: str = strawberry.field(description="Address, https.")
    event_types: list[str] = strawberry.field(description="Types of events to send; none: all.")
    group_ids: list[strawberry.ID] = strawberry.field(
        description="Only events that name one of these groups; none: all events."
    )
    status: WebhookEndpointStatus = strawberry.field(description="Whether events are sent.")
    status_reason: str | None = strawberry.field(description="Why not, if they are not.")
    failures: int = strawberry.field(description="Failed attempts in a row.")
    failing_since: datetime | None = strawberry.field(description="When the first of them was.")
    created_at: datetime = strawberry.field(description="When it was made; earlier events are not sent.")

    @classmethod
    def of(cls, known: endpoint.Endpoint) -> Self:
        return cls(
            id=global_id("WebhookEndpoint", str(known.id)),
            partner_id=global_id("Partner", str(known.partner_id)),
            url=known.url,
            event_types=list(known.event_types),
            group_ids=[global_id("Group", str(group_id)) for group_id in known.group_ids],
            status=WebhookEndpointStatus[known.status],
            status_reason=known.status_reason,
            failures=known.failures,
            failing_since=known.failing_since,
            created_at=known.created_at,
        )


@strawberry.type(description="One event on its way to one endpoint.")
class WebhookDelivery(Node):
    endpoint_id: strawberry.ID = strawberry.field(description="Global id of the endpoint.")
    event_id: str = strawberry.field(description="`webhook-id`: the same at every attempt.")
    event_type: str = strawberry.field(description="Type of the event.")
    occurred_at: datetime = strawberry.field(description="When the event occurred.")
    status: WebhookDeliveryStatus = strawberry.field(description="What became of it.")
    attempts: int = strawberry.field(description="Attempts made.")
    attempted_at: datetime | None = strawberry.field(description="The last one.")
    next_attempt_at: datetime | None = strawberry.field(description="The next one, if one follows.")
    response_code: int | None = strawberry.field(description="HTTP status last answered.")
    response_text: str | None = strawberry.field(description="Beginning of the body last answered.")
    error: str | None = strawberry.field(description="Why nothing was answered.")
    duration_ms: int | None = strawberry.field(description="Milliseconds the last attempt took.")
    body: str = strawberry.field(description="What is sent: the CloudEvent as JSON.")

    @classmethod
    def of(cls, known: delivery_store.Delivery) -> Self:
        pending = known.status is delivery_store.DeliveryStatus.PENDING
        return cls(
            id=global_id("WebhookDelivery", str(known.id)),
            endpoint_id=global_id("WebhookEndpoint", str(known.endpoint_id)),
            event_id=known.event_id,
            event_type=known.event_type,
            occurred_at=known.occurred_at,
            status=WebhookDeliveryStatus[known.status],
            attempts=known.attempts,
            attempted_at=known.attempted_at,
            next_attempt_at=known.due_at if pending else None,
            response_code=known.response_code,
            response_text=known.response_text,
            error=known.error,
            duration_ms=known.duration_ms,
            body=known.body.decode(),
        )


@strawberry.type(description="What an endpoint answered to a test event.")
class WebhookTestResult:
    delivered: bool = strawberry.field(description="It answered 2xx.")
    response_code: int | None = strawberry.field(description="HTTP status answered.")
    response_text: str | None = strawberry.field(description="Beginning of the body answered.")
    error: str | None = strawberry.field(description="Why nothing was answered.")
    duration_ms: int = strawberry.field(description="Milliseconds it took.")

    @classmethod
    def of(cls, answer: Answer) -> Self:
        return cls(
            delivered=answer.accepted,
            response_code=answer.code,
            response_text=answer.text,
            error=answer.error,
            duration_ms=answer.duration_ms,
        )
