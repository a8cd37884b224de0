"""What a resolver sees: who asks, the services, and the loaders of this operation."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import strawberry
from google.protobuf.message import Message

from gateway.authentication import Identity
from gateway.clients import Clients
from gateway.errors import unauthenticated

if TYPE_CHECKING:
    from gateway.gateway import Gateway
    from gateway.loaders import Loaders

M = TypeVar("M", bound=Message)


@dataclass(slots=True)
class Context:
    """One per HTTP request or WebSocket. Nobody is known yet on a fresh WebSocket, or in development."""

    gateway: Gateway
    loaders: Loaders
    known_identity: Identity | None = None
    connection_params: dict[str, Any] | None = None

    @property
    def identity(self) -> Identity:
        """Raises PublicError UNAUTHENTICATED."""
        if self.known_identity is None:
            raise unauthenticated("say who you are: `Authorization: Bearer <token or API key>`")
        return self.known_identity

    @property
    def clients(self) -> Clients:
        return self.gateway.clients

    async def live(self, *kinds: type[M]) -> AsyncGenerator[M, None]:
        """Events of the caller's tenant from now on; what an event leads to is loaded afresh."""
        events = self.gateway.hub.listen(self.identity.caller.tenant_id, *kinds)
        async with aclosing(events):
            async for event in events:
                self.loaders = self.gateway.context().loaders
                yield event

    @property
    def may_explore(self) -> bool:
        """Whether introspection and suggestions are open to this caller."""
        identity = self.known_identity
        return self.gateway.settings.gateway_development or (
            identity is not None and "admin" in identity.caller.roles
        )


Info: TypeAlias = strawberry.Info[Context, None]
