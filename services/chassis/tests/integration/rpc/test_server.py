"""Health, readiness and the end of a serving process."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import grpc
import nats.errors
import psutil
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from chassis.faults import TransientFault
from chassis.idempotency import IdempotencyConflict
from chassis.keyset import InvalidCursor
from chassis.rpc.answers import to_status
from chassis.rpc.server import RpcServer
from chassis.tenancy import UnknownTenant
from chassis.testbed.waiting import PATIENCE, eventually, until_true

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING

PROGRAM = """
from chassis.rpc.server import RpcServer
from chassis.runtime import Process, run
from chassis.settings import ServiceSettings

async def build():
    server = RpcServer(ServiceSettings(service="idle"), services=[], errors={})
    return Process("idle", loops={"rpc": server.run}, close=nothing)

async def nothing(): ...

run(build)
"""


async def health(port: int, *services: str) -> list[int]:
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub: Any = health_pb2_grpc.HealthStub(channel)
        requests = [health_pb2.HealthCheckRequest(service=service) for service in services]
        return [(await stub.Check(request, timeout=PATIENCE)).status for request in requests]


async def told(path: Path) -> Any:
    await until_true(path.exists)
    return json.loads(await asyncio.to_thread(path.read_text))


async def becomes(port: int, *states: int) -> None:
    """Overall and liveness; it may not be listening yet."""

    async def seen() -> list[int]:
        try:
            return await health(port, "", "liveness")
        except grpc.aio.AioRpcError:
            return []

    await eventually(seen, list(states))


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_is_ready_when_every_check_passes_and_says_where(
    world: Any, monkeypatch: pytest.MonkeyPatch, free_port: int
) -> None:
    monkeypatch.setattr("chassis.rpc.server._CHECK_EVERY", 0.02)
    there = asyncio.Event()

    async def database() -> None:
        if not there.is_set():
            raise ConnectionError("refused")

    ready_file = world.directory / "ready.json"
    settings = world.settings(ready_file=ready_file, health_listen=f"127.0.0.1:{free_port}")
    server = RpcServer(settings, services=[], errors={}, ready={"database": database})
    running = asyncio.create_task(server.run())
    await becomes(free_port, NOT_SERVING, SERVING)
    assert not ready_file.exists()

    there.set()
    assert await told(ready_file) == {"grpc_port": server.port}
    await becomes(server.port, SERVING, SERVING)

    there.clear()
    await becomes(free_port, NOT_SERVING, SERVING)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


@pytest.mark.parametrize(
    ("error", "code", "reason"),
    [
        (IdempotencyConflict("used"), grpc.StatusCode.ALREADY_EXISTS, "IDEMPOTENCY_KEY_REUSED"),
        (InvalidCursor("bad"), grpc.StatusCode.INVALID_ARGUMENT, "INVALID_CURSOR"),
        (UnknownTenant("who"), grpc.StatusCode.FAILED_PRECONDITION, "UNKNOWN_TENANT"),
        (TransientFault("later"), grpc.StatusCode.UNAVAILABLE, "TRY_AGAIN"),
        (PoolTimeout("full"), grpc.StatusCode.UNAVAILABLE, "DATABASE_UNAVAILABLE"),
        (ConnectionRefusedError("no server"), grpc.StatusCode.UNAVAILABLE, "DATABASE_UNAVAILABLE"),
        (nats.errors.NoServersError(), grpc.StatusCode.UNAVAILABLE, "MESSAGING_UNAVAILABLE"),
        (
            DBAPIError("insert", None, asyncpg.CharacterNotInRepertoireError("0x00")),
            grpc.StatusCode.INVALID_ARGUMENT,
            "INVALID_CHARACTER",
        ),
        (KeyError("bug"), grpc.StatusCode.INTERNAL, "INTERNAL"),
    ],
)
def test_what_holds_for_every_service(error: Exception, code: grpc.StatusCode, reason: str) -> None:
    status = to_status(error, "echo", {}, "/x/Y")
    assert (status.code, reason in str(status)) == (code.value[0], True)


@pytest.fixture
def idle(world: Any) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    ready_file = world.directory / "ready.json"
    environment = {
        "QUANZI_DATABASE_URL": "postgresql://nobody@nowhere/none",
        "QUANZI_NATS_URL": "nats://nowhere",
        "QUANZI_SIGNING_KEY_FILE": "none",
        "QUANZI_JWKS_FILE": str(world.directory / "jwks.json"),
        "QUANZI_READY_FILE": str(ready_file),
    }
    process = subprocess.Popen([sys.executable, "-c", PROGRAM], env={**os.environ, **environment})
    yield process, ready_file
    process.kill()
    process.wait()


async def test_sigterm_ends_a_serving_process_in_order(idle: tuple[subprocess.Popen[bytes], Path]) -> None:
    process, ready_file = idle
    port = (await told(ready_file))["grpc_port"]
    assert await health(port, "") == [SERVING]
    memory = psutil.Process(process.pid).memory_full_info()
    print(f"idle server: {memory.rss >> 20} MiB RSS, {memory.uss >> 20} MiB its own")
    process.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(process.wait, PATIENCE) == 0
