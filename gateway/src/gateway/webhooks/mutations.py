"""Webhook endpoints from creation to deletion; sending again."""

from datetime import datetime
from uuid import UUID

import strawberry

from gateway.context import Info
from gateway.global_ids import uuid_of
from gateway.mutation import Input, Payload, mutation, payload
from gateway.partners.access import tenant_and_owner, tenant_and_partner
from gateway.webhooks.types import WebhookDelivery, WebhookEndpoint, WebhookTestResult

_ENDPOINT = "The endpoint."
_SHOWN_ONCE = "Secret that signs, `whsec_…`, shown this once."
_TYPES = "Types of events to send, as in the catalogue; none: all."
_GROUPS = "Send only events that name one of these groups, at most 200; none: all events."


@strawberry.input(description="Input of `webhookEndpointCreate`.")
class WebhookEndpointCreateInput:
    url: str = strawberry.field(description="Public https address.")
    event_types: list[str] = strawberry.field(description=_TYPES, default_factory=list)
    groups: list[strawberry.ID] = strawberry.field(description=_GROUPS, default_factory=list)
    partner: strawberry.ID | None = strawberry.field(
        description="Whose it is, for administrators; a partner makes its own.", default=None
    )


@payload()
class WebhookEndpointCreatePayload(Payload):
    endpoint: WebhookEndpoint | None = strawberry.field(description=_ENDPOINT, default=None)
    secret: str | None = strawberry.field(description=_SHOWN_ONCE, default=None)


@strawberry.input(description="Input of `webhookEndpointUpdate`; what is left out stays.")
class WebhookEndpointUpdateInput:
    endpoint: strawberry.ID = strawberry.field(description=_ENDPOINT)
    url: str | None = strawberry.field(description="Public https address.", default=None)
    event_types: list[str] | None = strawberry.field(description=_TYPES, default=None)
    groups: list[strawberry.ID] | None = strawberry.field(description=_GROUPS, default=None)
    active: bool | None = strawberry.field(
        description="true sends again, beginning with what waits; false pauses.", default=None
    )


@payload()
class WebhookEndpointUpdatePayload(Payload):
    endpoint: WebhookEndpoint | None = strawberry.field(description=_ENDPOINT, default=None)


@strawberry.input(description="Input of `webhookEndpointSecretRotate`.")
class WebhookEndpointSecretRotateInput:
    endpoint: strawberry.ID = strawberry.field(description=_ENDPOINT)


@payload()
class WebhookEndpointSecretRotatePayload(Payload):
    endpoint: WebhookEndpoint | None = strawberry.field(description=_ENDPOINT, default=None)
    secret: str | None = strawberry.field(description=_SHOWN_ONCE, default=None)


@strawberry.input(description="Input of `webhookEndpointDelete`.")
class WebhookEndpointDeleteInput:
    endpoint: strawberry.ID = strawberry.field(description=_ENDPOINT)


@payload()
class WebhookEndpointDeletePayload(Payload):
    deleted_endpoint_id: strawberry.ID | None = strawberry.field(
        description="Global id of the endpoint that was.", default=None
    )


@strawberry.input(description="Input of `webhookEndpointTest`.")
class WebhookEndpointTestInput:
    endpoint: strawberry.ID = strawberry.field(description=_ENDPOINT)


@payload()
class WebhookEndpointTestPayload(Payload):
    result: WebhookTestResult | None = strawberry.field(description="What it answered.", default=None)


@strawberry.input(description="Input of `webhookDeliveryReplay`.")
class WebhookDeliveryReplayInput:
    delivery: strawberry.ID = strawberry.field(description="The delivery.")


@payload()
class WebhookDeliveryReplayPayload(Payload):
    delivery: WebhookDelivery | None = strawberry.field(description="The delivery, pending.", default=None)


@strawberry.input(description="Input of `webhookReplay`.")
class WebhookReplayInput:
    endpoint: strawberry.ID = strawberry.field(description=_ENDPOINT)
    from_: datetime = strawberry.field(name="from", description="Instant of the first event to send again.")


@payload()
class WebhookReplayPayload(Payload):
    deliveries: int | None = strawberry.field(description="How many will be sent again.", default=None)


@strawberry.type
class WebhookMutations:
    @mutation("Makes a webhook endpoint (新建 Webhook); events from now on are sent to it.")
    async def webhook_endpoint_create(
        self, info: Info, input: Input[WebhookEndpointCreateInput]
    ) -> WebhookEndpointCreatePayload | None:
        tenant_id, partner_id = tenant_and_partner(info, input.partner)
        endpoint, secret = await info.context.gateway.webhooks.create(
            tenant_id, partner_id, input.url, input.event_types, _groups(input.groups)
        )
        return WebhookEndpointCreatePayload(endpoint=WebhookEndpoint.of(endpoint), secret=secret)

    @mutation("Changes a webhook endpoint, pauses it or starts it again (修改 Webhook).")
    async def webhook_endpoint_update(
        self, info: Info, input: Input[WebhookEndpointUpdateInput]
    ) -> WebhookEndpointUpdatePayload | None:
        endpoint = await info.context.gateway.webhooks.update(
            *tenant_and_owner(info),
            _endpoint(input.endpoint),
            url=input.url,
            event_types=input.event_types,
            group_ids=None if input.groups is None else _groups(input.groups),
            active=input.active,
        )
        return WebhookEndpointUpdatePayload(endpoint=WebhookEndpoint.of(endpoint))

    @mutation("Gives an endpoint a new secret (轮换签名密钥); the old one signs too for 24 hours.")
    async def webhook_endpoint_secret_rotate(
        self, info: Info, input: Input[WebhookEndpointSecretRotateInput]
    ) -> WebhookEndpointSecretRotatePayload | None:
        endpoint, secret = await info.context.gateway.webhooks.rotate_secret(
            *tenant_and_owner(info), _endpoint(input.endpoint)
        )
        return WebhookEndpointSecretRotatePayload(endpoint=WebhookEndpoint.of(endpoint), secret=secret)

    @mutation("Deletes a webhook endpoint with its deliveries (删除 Webhook).")
    async def webhook_endpoint_delete(
        self, info: Info, input: Input[WebhookEndpointDeleteInput]
    ) -> WebhookEndpointDeletePayload | None:
        await info.context.gateway.webhooks.delete(*tenant_and_owner(info), _endpoint(input.endpoint))
        return WebhookEndpointDeletePayload(deleted_endpoint_id=input.endpoint)

    @mutation("Sends a signed test event to an endpoint, now (测试 Webhook).")
    async def webhook_endpoint_test(
        self, info: Info, input: Input[WebhookEndpointTestInput]
    ) -> WebhookEndpointTestPayload | None:
        answer = await info.context.gateway.webhooks.test(*tenant_and_owner(info), _endpoint(input.endpoint))
        return WebhookEndpointTestPayload(result=WebhookTestResult.of(answer))

    @mutation("Sends one delivery again (重新推送).")
    async def webhook_delivery_replay(
        self, info: Info, input: Input[WebhookDeliveryReplayInput]
    ) -> WebhookDeliveryReplayPayload | None:
        delivery_id = UUID(uuid_of(input.delivery, "WebhookDelivery", "delivery"))
        delivery = await info.context.gateway.webhooks.replay_delivery(*tenant_and_owner(info), delivery_id)
        return WebhookDeliveryReplayPayload(delivery=WebhookDelivery.of(delivery))

    @mutation("Sends again what was recorded for an endpoint since an instant (批量重新推送).")
    async def webhook_replay(
        self, info: Info, input: Input[WebhookReplayInput]
    ) -> WebhookReplayPayload | None:
        count = await info.context.gateway.webhooks.replay(
            *tenant_and_owner(info), _endpoint(input.endpoint), input.from_
        )
        return WebhookReplayPayload(deliveries=count)


def _endpoint(text: str) -> UUID:
    return UUID(uuid_of(text, "WebhookEndpoint", "endpoint"))


def _groups(ids: list[strawberry.ID]) -> list[UUID]:
    return [UUID(uuid_of(one, "Group", f"groups[{position}]")) for position, one in enumerate(ids)]
