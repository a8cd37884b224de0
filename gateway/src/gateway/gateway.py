"""What lives as long as the process and is shared by all requests."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.clock import Clock
from gateway.authentication import Authenticator
from gateway.clients import Clients
from gateway.context import Context
from gateway.inbound.intake import Intake
from gateway.limits.buckets import Buckets
from gateway.live.hub import Hub
from gateway.loaders import Loaders
from gateway.partners.desk import PartnerDesk
from gateway.persisted import PersistedDocuments
from gateway.settings import GatewaySettings
from gateway.tenants.registry import TenantRegistry
from gateway.webhooks.desk import WebhookDesk


@dataclass(frozen=True, slots=True)
class Gateway:
    settings: GatewaySettings
    clients: Clients
    authenticator: Authenticator
    buckets: Buckets
    tenants: TenantRegistry
    documents: PersistedDocuments
    intake: Intake
    hub: Hub
    partners: PartnerDesk
    webhooks: WebhookDesk
    clock: Clock

    def context(self) -> Context:
        return Context(gateway=self, loaders=Loaders(self.clients, self.partners, self.webhooks))
