"""Channels to other services: deadline, identity and trace on every call, retries only where safe."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

import grpc
from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.descriptor_pb2 import MethodOptions
from structlog.contextvars import bound_contextvars

from chassis import telemetry
from chassis.identity import Signer, caller
from chassis.rpc.deadline import within
from chassis.rpc.health import LIVENESS
from chassis.rpc.tls import channel_credentials
from chassis.settings import ServiceSettings

DEADLINE = 5.0

Credentials = Callable[[], str]

_tenant: ContextVar[UUID] = ContextVar("working_tenant")


@contextmanager
def as_service(tenant_id: UUID) -> Iterator[None]:
    """Calls inside the block are made by this service for `tenant_id`; for consumers and timers."""
    token = _tenant.set(tenant_id)
    try:
        with bound_contextvars(tenant=str(tenant_id)):
            yield
    finally:
        _tenant.reset(token)


class ServiceCredentials:
    """Signs as the service itself, for the tenant of `as_service`, else for that of the call being served."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def __call__(self) -> str:
        tenant_id = _tenant.get(None)
        if tenant_id is None:
            try:
                tenant_id = caller().tenant_id
            except LookupError:
                raise LookupError("no tenant to call for: use `with as_service(tenant_id):`") from None
        return self._signer.sign(self._signer.service(tenant_id))


class ForwardedCredentials:
    """Passes on the current caller (`with calling_as(...)`); services believe only the front door in this."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def __call__(self) -> str:
        return self._signer.sign(caller())


def open_channel(
    address: str,
    credentials: Credentials,
    *,
    deadline: float = DEADLINE,
    services: Iterable[ServiceDescriptor] = (),
    tls: grpc.ChannelCredentials | None = None,
) -> grpc.aio.Channel:
    """A channel to `host:port` (all its addresses in turn) or to any gRPC target.

    `deadline` in seconds holds where a call names none, and never outlives the call being served. Methods of
    `services` that declare NO_SIDE_EFFECTS are retried on UNAVAILABLE.
    """
    target = address if ":/" in address or address.startswith(("ipv4:", "ipv6:")) else f"dns:///{address}"
    options = _options(services)
    channel = (
        grpc.aio.secure_channel(target, tls, options) if tls else grpc.aio.insecure_channel(target, options)
    )
    return _Channel(channel, credentials, deadline)


def open_peer(
    settings: ServiceSettings,
    peer: str,
    services: Iterable[ServiceDescriptor],
    credentials: Credentials | None = None,
) -> grpc.aio.Channel:
    """A channel to `<peer>_address` of the settings, secured as they say.

    Calls are made by this service itself where no `credentials` are given.
    """
    itself = credentials or ServiceCredentials(Signer.from_file(settings.service, settings.signing_key_file))
    address = getattr(settings, f"{peer}_address")
    return open_channel(address, itself, services=services, tls=channel_credentials(settings))


class _Channel(grpc.aio.Channel):
    """A channel that completes each call. Cheaper than interceptors, which cost a task per call."""

    def __init__(self, channel: grpc.aio.Channel, credentials: Credentials, deadline: float) -> None:
        self._channel = channel
        self._credentials = credentials
        self._deadline = deadline

    def unary_unary(self, *args: Any, **kwargs: Any) -> Any:
        return self._completed(self._channel.unary_unary(*args, **kwargs))

    def unary_stream(self, *args: Any, **kwargs: Any) -> Any:
        return self._completed(self._channel.unary_stream(*args, **kwargs))

    def stream_unary(self, *args: Any, **kwargs: Any) -> Any:
        return self._completed(self._channel.stream_unary(*args, **kwargs))

    def stream_stream(self, *args: Any, **kwargs: Any) -> Any:
        return self._completed(self._channel.stream_stream(*args, **kwargs))

    def _completed(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def start(
            request: Any = None, *, timeout: float | None = None, metadata: Any = (), **more: Any
        ) -> Any:
            headers = [
                *(metadata or ()),
                ("authorization", f"Bearer {self._credentials()}"),
                *telemetry.inject().items(),
            ]
            seconds = within(self._deadline if timeout is None else timeout)
            return call(request, timeout=seconds, metadata=headers, **more)

        return start

    async def close(self, grace: float | None = None) -> None:
        await self._channel.close(grace)

    def get_state(self, try_to_connect: bool = False) -> grpc.ChannelConnectivity:
        return self._channel.get_state(try_to_connect)

    async def wait_for_state_change(self, last_observed_state: grpc.ChannelConnectivity) -> None:
        await self._channel.wait_for_state_change(last_observed_state)

    async def channel_ready(self) -> None:
        await self._channel.channel_ready()

    async def __aenter__(self) -> _Channel:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()


def _options(services: Iterable[ServiceDescriptor]) -> list[tuple[str, str | int]]:
    """No `timeout` in the service config: it fires early. Deadlines are set per call."""
    safe = [
        {"service": service.full_name, "method": method.name}
        for service in services
        for method in service.methods
        if method.GetOptions().idempotency_level == MethodOptions.NO_SIDE_EFFECTS
    ]
    retry = {
        "maxAttempts": 4,
        "initialBackoff": "0.05s",
        "maxBackoff": "1s",
        "backoffMultiplier": 3,
        "retryableStatusCodes": ["UNAVAILABLE"],
    }
    config = {
        "loadBalancingConfig": [{"round_robin": {}}],
        "healthCheckConfig": {"serviceName": LIVENESS},
        "methodConfig": [{"name": safe, "retryPolicy": retry}] if safe else [],
    }
    return [
        ("grpc.service_config", json.dumps(config)),
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.max_reconnect_backoff_ms", 2_000),
        ("grpc.dns_min_time_between_resolutions_ms", 2_000),
        ("grpc.keepalive_time_ms", 60_000),
        ("grpc.keepalive_timeout_ms", 10_000),
    ]
