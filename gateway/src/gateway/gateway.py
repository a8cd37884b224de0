"""What lives as long as the process and is shared by all requests."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.authentication import Authenticator
from gateway.clients import Clients
from gateway.context import Context
from gateway.inbound.intake import Intake
from gateway.limits.buckets import Buckets
from gateway.loaders import Loaders
from gateway.settings import GatewaySettings


@dataclass(frozen=True, slots=True)
class Gateway:
    settings: GatewaySettings
    clients: Clients
    authenticator: Authenticator
    buckets: Buckets
    intake: Intake

    def context(self) -> Context:
        return Context(gateway=self, loaders=Loaders(self.clients))
