"""uvicorn as one loop of the process: it takes no signals, and drains when it is cancelled."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from chassis import readiness
from chassis.logs import get_logger
from gateway.settings import GatewaySettings

_CHECK_EVERY = 0.5

log = get_logger(__name__)


class HttpServer:
    """Serves until cancelled; says once, in the ready file, that all checks pass."""

    def __init__(self, app: ASGIApp, settings: GatewaySettings, checks: readiness.Checks) -> None:
        self._settings = settings
        self._checks = checks
        self._server = _Server(
            uvicorn.Config(
                app,
                loop="none",
                http="httptools",
                ws="websockets-sansio",
                ws_max_size=settings.graphql_body_bytes,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=int(settings.drain_seconds / 2),
            )
        )
        self.port = settings.http_port

    async def run(self) -> None:
        listening = _listen(self._settings.http_host, self._settings.http_port)
        self.port = listening.getsockname()[1]
        serving = asyncio.create_task(self._server.serve(sockets=[listening]))
        announcing = asyncio.create_task(self._announce())
        try:
            await asyncio.shield(serving)
        finally:
            announcing.cancel()
            self._server.should_exit = True
            await serving

    async def _announce(self) -> None:
        while failing := await readiness.failing(self._checks):
            log.info("not ready", **failing)
            await asyncio.sleep(_CHECK_EVERY)
        log.info("serving HTTP", host=self._settings.http_host, port=self.port)
        readiness.announce(self._settings.ready_file, http_port=self.port)


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The runtime handles signals."""
        yield


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    return listening
