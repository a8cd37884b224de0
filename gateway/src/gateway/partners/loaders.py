"""Loaders over what the gateway keeps itself: partners, webhook endpoints and deliveries."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TypeAlias
from uuid import UUID

from strawberry.dataloader import DataLoader

from gateway.loading import MAX_KEYS, argument_loader
from gateway.partners.desk import PartnerDesk
from gateway.partners.types import Partner
from gateway.webhooks.desk import WebhookDesk
from gateway.webhooks.types import WebhookDelivery, WebhookEndpoint

Scope: TypeAlias = tuple[UUID, UUID | None]
"""As of `tenant_and_owner`: what is not in it is not there."""


class PartnerLoaders:
    def __init__(self, partners: PartnerDesk, webhooks: WebhookDesk) -> None:
        self._partners, self._webhooks = partners, webhooks

    @cached_property
    def partners(self) -> DataLoader[tuple[str, UUID], Partner | None]:
        """By id and tenant."""

        async def fetch(tenant_id: UUID, ids: list[str]) -> Mapping[str, Partner]:
            found = await self._partners.by_ids(tenant_id, [*map(UUID, ids)])
            return {str(partner.id): Partner.of(partner) for partner in found}

        return argument_loader(fetch, MAX_KEYS)

    @cached_property
    def endpoints(self) -> DataLoader[tuple[str, Scope], WebhookEndpoint | None]:
        async def fetch(scope: Scope, ids: list[str]) -> Mapping[str, WebhookEndpoint]:
            found = await self._webhooks.endpoints_by_ids(*scope, [*map(UUID, ids)])
            return {str(endpoint.id): WebhookEndpoint.of(endpoint) for endpoint in found}

        return argument_loader(fetch, MAX_KEYS)

    @cached_property
    def deliveries(self) -> DataLoader[tuple[str, Scope], WebhookDelivery | None]:
        async def fetch(scope: Scope, ids: list[str]) -> Mapping[str, WebhookDelivery]:
            found = await self._webhooks.deliveries_by_ids(*scope, [*map(UUID, ids)])
            return {str(delivery.id): WebhookDelivery.of(delivery) for delivery in found}

        return argument_loader(fetch, MAX_KEYS)
