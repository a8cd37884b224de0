"""What a resolver sees: who asks, the services, and the loaders of this operation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import strawberry

from gateway.authentication import Identity
from gateway.clients import Clients
from gateway.errors import unauthenticated

if TYPE_CHECKING:
    from gateway.gateway import Gateway
    from gateway.loaders import Loaders


@dataclass(slots=True)
class Context:
    """One per HTTP request or WebSocket. Nobody is known yet on a fresh WebSocket, or in development."""

    gateway: Gateway
    loaders: Loaders
    known_identity: Identity | None = None
    connection_params: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def identity(self) -> Identity:
        """Raises PublicError UNAUTHENTICATED."""
        if self.known_identity is None:
            raise unauthenticated("say who you are: `Authorization: Bearer <token or API key>`")
        return self.known_identity

    @property
    def clients(self) -> Clients:
        return self.gateway.clients

    @property
    def may_explore(self) -> bool:
        """Whether introspection and suggestions are open to this caller."""
        identity = self.known_identity
        return self.gateway.settings.gateway_development or (
            identity is not None and "admin" in identity.caller.roles
        )


Info: TypeAlias = strawberry.Info[Context, None]
