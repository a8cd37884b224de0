"""Reading webhook endpoints and deliveries."""

from typing import Annotated
from uuid import UUID

import strawberry

from gateway.connections import After, Connection, First, connection
from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import uuid_of
from gateway.partners.access import list_request, tenant_and_owner
from gateway.webhooks.delivery_store import DeliveryStatus
from gateway.webhooks.types import WebhookDelivery, WebhookDeliveryStatus, WebhookEndpoint


@strawberry.type
class WebhookQueries:
    @resolved("Webhook endpoints: a partner's own, or all of the tenant for administrators.")
    async def webhook_endpoints(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[WebhookEndpoint] | None:
        tenant_id, owner = tenant_and_owner(info)
        request = list_request(info, first, after)
        page = await info.context.gateway.webhooks.endpoints(tenant_id, owner, request)
        return connection(map(WebhookEndpoint.of, page.items), page.info(), after)

    @resolved("Webhook deliveries (推送记录) of the last 30 days, the latest event first.")
    async def webhook_deliveries(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        endpoint: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only to this endpoint.")
        ] = None,
        status: Annotated[
            WebhookDeliveryStatus | None, strawberry.argument(description="Only in this state.")
        ] = None,
    ) -> Connection[WebhookDelivery] | None:
        tenant_id, owner = tenant_and_owner(info)
        page = await info.context.gateway.webhooks.deliveries(
            tenant_id,
            owner,
            list_request(info, first, after),
            endpoint_id=UUID(uuid_of(endpoint, "WebhookEndpoint", "endpoint")) if endpoint else None,
            status=DeliveryStatus[status.name] if status else None,
        )
        return connection(map(WebhookDelivery.of, page.items), page.info(), after)
