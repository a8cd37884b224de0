"""Whether what runs is well: PostgreSQL, NATS, each service by its gRPC health, the gateway by /readyz."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import httpx
import psycopg
from grpc_health.v1 import health_pb2
from nats.errors import Error as NatsError

from quanzi_local.checkup.findings import Finding, State
from quanzi_local.connections import NatsLogin, nats_client
from quanzi_local.credentials import GATEWAY
from quanzi_local.home import Home, NotUsable

PATIENCE = 3.0


async def health_findings(home: Home) -> list[Finding]:
    running = home.running()
    if not running:
        return [Finding(State.WARN, "platform", f"does not run in {home.root}", "start it with `make up`")]
    return [finding async for finding in _checked(home, running)]


async def _checked(home: Home, running: dict[str, Any]) -> AsyncIterator[Finding]:
    yield await asyncio.to_thread(_database, running["database_url"])
    yield await _nats(home)
    for name, address in running["parts"].items():
        yield await (_gateway(running["gateway"]) if name == GATEWAY else _service(name, address))


def _database(url: str) -> Finding:
    try:
        with psycopg.connect(url, connect_timeout=int(PATIENCE)) as connection:
            row = connection.execute("select version(), count(*) from pg_stat_activity").fetchone()
    except psycopg.Error as error:
        return Finding(State.FAIL, "database", str(error).strip(), "look at .quanzi/postgres/server.log")
    return Finding(State.OK, "database", f"{row[0].split(' on ')[0]}, {row[1]} connections" if row else "")


async def _nats(home: Home) -> Finding:
    try:
        async with asyncio.timeout(PATIENCE), nats_client(NatsLogin.of(home)) as client:
            streams = await client.jetstream().streams_info()
    except (NotUsable, NatsError, TimeoutError) as error:
        return Finding(
            State.FAIL, "nats", f"{type(error).__name__} {error}", "look at .quanzi/nats/server.log"
        )
    kept = ", ".join(f"{stream.config.name} {stream.state.messages:,}" for stream in streams)
    buried = sum(stream.state.messages for stream in streams if stream.config.name == "DEADLETTERS")
    if buried:
        return Finding(State.WARN, "nats", f"messages: {kept}", "look at `quanzi deadletters list`")
    return Finding(State.OK, "nats", f"messages: {kept}")


async def _service(name: str, address: str) -> Finding:
    async with grpc.aio.insecure_channel(address) as channel:
        check = channel.unary_unary(
            "/grpc.health.v1.Health/Check",
            request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
            response_deserializer=health_pb2.HealthCheckResponse.FromString,
        )
        try:
            answer = await check(health_pb2.HealthCheckRequest(), timeout=PATIENCE)
        except grpc.aio.AioRpcError as error:
            return Finding(
                State.FAIL, name, f"{address}: {error.code().name}", f"look at .quanzi/logs/{name}.log"
            )
    status = health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)
    if answer.status != health_pb2.HealthCheckResponse.SERVING:
        return Finding(State.FAIL, name, f"{address}: {status}", f"look at .quanzi/logs/{name}.log")
    return Finding(State.OK, name, f"{address} serving")


async def _gateway(url: str) -> Finding:
    try:
        async with httpx.AsyncClient(base_url=url, timeout=PATIENCE, trust_env=False) as client:
            answer = await client.get("/readyz")
    except httpx.HTTPError as error:
        return Finding(State.FAIL, GATEWAY, f"{url}: {error}", "look at .quanzi/logs/gateway.log")
    if answer.is_error:
        return Finding(State.FAIL, GATEWAY, f"{url} is not ready: {answer.text}", "see the services above")
    return Finding(State.OK, GATEWAY, f"{url} ready")
