"""Managing webhook endpoints and their deliveries: a partner its own, administrators all of their tenant.

`owner` is the partner that asks, None for an administrator. Methods raise PublicError NOT_FOUND, CONFLICT and
BAD_USER_INPUT for refusals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from chassis.clock import Clock
from chassis.database import Database
from chassis.ids import new_id
from chassis.paging import Page, PageRequest
from gateway.errors import PublicError, invalid
from gateway.partners import store as partner_store
from gateway.webhooks import delivery_store, endpoint_store
from gateway.webhooks.addresses import AddressRefused
from gateway.webhooks.attempt import Answer, WebhookClient
from gateway.webhooks.delivery_store import Delivery, DeliveryStatus
from gateway.webhooks.endpoint import Endpoint, EndpointStatus
from gateway.webhooks.envelope import test_event
from gateway.webhooks.sender import post_signed
from gateway.webhooks.signing import secret

MOST_ENDPOINTS = 10


class WebhookDesk:
    def __init__(self, database: Database, client: WebhookClient, pepper: bytes, clock: Clock) -> None:
        self._database, self._client, self._pepper, self._clock = database, client, pepper, clock

    async def create(
        self,
        tenant_id: UUID,
        partner_id: UUID,
        url: str,
        event_types: Sequence[str],
        group_ids: Sequence[UUID],
    ) -> tuple[Endpoint, str]:
        """The endpoint and its secret."""
        await self._check(url)
        endpoint = Endpoint(
            tenant_id=tenant_id,
            id=new_id(),
            partner_id=partner_id,
            url=url,
            event_types=(),
            group_ids=(),
            status=EndpointStatus.ACTIVE,
            status_reason=None,
            created_at=self._clock(),
            secret_id=new_id(),
        ).listening_to(event_types, group_ids)
        async with self._database.session(tenant_id) as session:
            await partner_store.get_active(session, partner_id)
            if await endpoint_store.count(session, partner_id) >= MOST_ENDPOINTS:
                raise PublicError("CONFLICT", f"a partner has at most {MOST_ENDPOINTS} endpoints")
            await endpoint_store.add(session, endpoint)
        return endpoint, self._secret(endpoint)

    async def update(
        self,
        tenant_id: UUID,
        owner: UUID | None,
        endpoint_id: UUID,
        *,
        url: str | None,
        event_types: Sequence[str] | None,
        group_ids: Sequence[UUID] | None,
        active: bool | None,
    ) -> Endpoint:
        """What is None stays."""
        if url is not None:
            await self._check(url)
        async with self._database.session(tenant_id) as session:
            endpoint = await endpoint_store.get(session, endpoint_id, owner)
            await partner_store.get_active(session, endpoint.partner_id)
            endpoint = replace(endpoint, url=url or endpoint.url).listening_to(
                endpoint.event_types if event_types is None else event_types,
                endpoint.group_ids if group_ids is None else group_ids,
            )
            if active is not None:
                endpoint = endpoint.activated() if active else endpoint.paused("paused by hand")
            await endpoint_store.save(session, endpoint)
        return endpoint

    async def rotate_secret(
        self, tenant_id: UUID, owner: UUID | None, endpoint_id: UUID
    ) -> tuple[Endpoint, str]:
        """The new secret; the old one signs too for a day."""
        async with self._database.session(tenant_id) as session:
            endpoint = await endpoint_store.get(session, endpoint_id, owner)
            endpoint = endpoint.with_new_secret(new_id(), self._clock())
            await endpoint_store.save(session, endpoint)
        return endpoint, self._secret(endpoint)

    async def delete(self, tenant_id: UUID, owner: UUID | None, endpoint_id: UUID) -> None:
        async with self._database.session(tenant_id) as session:
            await endpoint_store.get(session, endpoint_id, owner)
            await endpoint_store.remove(session, endpoint_id)

    async def test(self, tenant_id: UUID, owner: UUID | None, endpoint_id: UUID) -> Answer:
        """Sends a signed test event now, whatever the state of the endpoint; nothing is kept of it."""
        async with self._database.session(tenant_id) as session:
            endpoint = await endpoint_store.get(session, endpoint_id, owner)
        now = self._clock()
        event_id = str(new_id())
        body = test_event(event_id, tenant_id, endpoint_id, now)
        return await post_signed(self._client, self._pepper, endpoint, event_id, body, now)

    async def replay_delivery(self, tenant_id: UUID, owner: UUID | None, delivery_id: UUID) -> Delivery:
        async with self._database.session(tenant_id) as session:
            return await delivery_store.replay_one(session, delivery_id, owner, self._clock())

    async def replay(self, tenant_id: UUID, owner: UUID | None, endpoint_id: UUID, since: datetime) -> int:
        """Everything recorded for the endpoint since then is sent again; returns how many."""
        async with self._database.session(tenant_id) as session:
            await endpoint_store.get(session, endpoint_id, owner)
            return await delivery_store.replay_since(session, endpoint_id, since, self._clock())

    async def endpoints_by_ids(
        self, tenant_id: UUID, owner: UUID | None, ids: Sequence[UUID]
    ) -> Sequence[Endpoint]:
        async with self._database.session(tenant_id) as session:
            return await endpoint_store.by_ids(session, ids, owner)

    async def deliveries_by_ids(
        self, tenant_id: UUID, owner: UUID | None, ids: Sequence[UUID]
    ) -> Sequence[Delivery]:
        async with self._database.session(tenant_id) as session:
            return await delivery_store.by_ids(session, ids, owner)

    async def endpoints(
        self, tenant_id: UUID, partner_id: UUID | None, request: PageRequest
    ) -> Page[Endpoint]:
        async with self._database.session(tenant_id) as session:
            return await endpoint_store.page(session, partner_id, request)

    async def deliveries(
        self,
        tenant_id: UUID,
        owner: UUID | None,
        request: PageRequest,
        *,
        endpoint_id: UUID | None,
        status: DeliveryStatus | None,
    ) -> Page[Delivery]:
        async with self._database.session(tenant_id) as session:
            return await delivery_store.page(
                session, request, partner_id=owner, endpoint_id=endpoint_id, status=status
            )

    async def _check(self, url: str) -> None:
        try:
            await self._client.check(url)
        except AddressRefused as error:
            raise invalid("url", str(error)) from error

    def _secret(self, endpoint: Endpoint) -> str:
        return secret(self._pepper, endpoint.id, endpoint.secret_id)
