"""The gRPC server of a service: guarded handlers, health, reflection, orderly drain."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import grpc
from google.protobuf.descriptor import ServiceDescriptor
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from chassis import readiness
from chassis.identity import Verifier
from chassis.logs import get_logger
from chassis.rpc.errors import ErrorTable
from chassis.rpc.guard import Guard, access_rules
from chassis.rpc.health import LIVENESS, READINESS
from chassis.rpc.tls import server_credentials
from chassis.settings import ServiceSettings

# (add_XServicer_to_server, servicer, descriptor of X)
Service = tuple[Callable[[Any, grpc.aio.Server], None], object, ServiceDescriptor]

_CHECK_EVERY = 2.0
_TURN, _TURNS = 0.1, 20
_SERVING = health_pb2.HealthCheckResponse.SERVING
_NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING

log = get_logger(__name__)


class RpcServer:
    """Serves `services` until cancelled; `port` is known once started.

    `ready` names the checks (database ping, NATS connected) that decide between SERVING and NOT_SERVING.
    """

    def __init__(
        self,
        settings: ServiceSettings,
        services: Sequence[Service],
        errors: ErrorTable,
        verifier: Verifier | None = None,
        ready: readiness.Checks | None = None,
    ) -> None:
        self._settings = settings
        self._checks = ready or {}
        self._names = [descriptor.full_name for _, _, descriptor in services]
        self._health = health.aio.HealthServicer()
        self._guard = Guard(
            settings.service,
            access_rules([descriptor for _, _, descriptor in services]),
            errors,
            verifier or Verifier(settings.jwks_file),
            settings.grpc_max_concurrent_calls,
            settings.grpc_max_deadline,
        )
        self._server = grpc.aio.server(interceptors=[self._guard], options=_options(settings))
        for add, servicer, _ in services:
            add(servicer, self._server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        reflection.enable_server_reflection(
            [*self._names, health.SERVICE_NAME, reflection.SERVICE_NAME], self._server
        )
        self._probes = grpc.aio.server() if settings.health_listen else None
        self.port = 0

    async def run(self) -> None:
        await self.start()
        try:
            await self._watch()
        finally:
            await self.stop()

    async def start(self) -> None:
        settings = self._settings
        if credentials := server_credentials(settings):
            self.port = self._server.add_secure_port(settings.grpc_listen, credentials)
        else:
            self.port = self._server.add_insecure_port(settings.grpc_listen)
        await self._health.set(LIVENESS, _SERVING)
        await self._set_ready(ready=False)
        await self._server.start()
        if self._probes and settings.health_listen:
            health_pb2_grpc.add_HealthServicer_to_server(self._health, self._probes)
            self._probes.add_insecure_port(settings.health_listen)
            await self._probes.start()
        log.info("serving gRPC", address=settings.grpc_listen, port=self.port)

    async def stop(self) -> None:
        """Say NOT_SERVING, take no new calls, let the running ones finish."""
        await self._health.enter_graceful_shutdown()
        await self._quiet()
        await self._server.stop(self._settings.drain_seconds / 2)
        if self._probes:
            await self._probes.stop(None)

    async def _quiet(self) -> None:
        """Wait, for a bounded time, until callers that watch the health have turned away."""
        for _ in range(_TURNS):
            before = self._guard.calls
            await asyncio.sleep(_TURN)
            if self._guard.calls == before:
                return

    async def _watch(self) -> None:
        """Keep the health answer true; announce the first time that everything is there."""
        before: dict[str, str] | None = None
        announced = False
        while True:
            failing = await readiness.failing(self._checks)
            if failing != before:
                await self._set_ready(ready=not failing)
                if failing:
                    log.warning("not ready", **failing)
                else:
                    log.info("ready")
            if not failing and not announced:
                readiness.announce(self._settings.ready_file, grpc_port=self.port)
                announced = True
            before = failing
            await asyncio.sleep(_CHECK_EVERY)

    async def _set_ready(self, *, ready: bool) -> None:
        for name in (READINESS, *self._names):
            await self._health.set(name, _SERVING if ready else _NOT_SERVING)


def _options(settings: ServiceSettings) -> list[tuple[str, int]]:
    return [
        ("grpc.so_reuseport", 0),
        ("grpc.max_connection_age_ms", int(settings.grpc_max_connection_age * 1000)),
        ("grpc.max_connection_age_grace_ms", int(settings.grpc_max_deadline * 1000)),
        ("grpc.keepalive_time_ms", 60_000),
        ("grpc.keepalive_timeout_ms", 10_000),
        ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
        ("grpc.keepalive_permit_without_calls", 1),
    ]
