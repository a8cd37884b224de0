"""What a server refuses, and how it says so."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import grpc
import jwt
import pytest
import time_machine
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_status import rpc_status

from chassis.identity import AUDIENCE, Signer, caller, generate_key
from chassis.rpc.client import ServiceCredentials, as_service, open_channel
from chassis.rpc.errors import Refusal


async def refusal(call: Any) -> Refusal:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await call
    return Refusal.of(refused.value)


async def test_answers_an_authenticated_call_as_its_caller(world: Any) -> None:
    echo = world.echo(answer=lambda _: f"{caller().subject} {sorted(caller().roles)} {caller().tenant_id}")
    server = await world.server(echo)
    async with world.stub(server) as stub:
        reply = await stub.Echo(world.contract.EchoRequest(text="hi"))
    assert reply.text == f"someone ['admin'] {world.tenant}"


async def test_a_service_calls_for_a_tenant(world: Any) -> None:
    server = await world.server(world.echo(answer=lambda _: f"{caller().issuer} {caller().tenant_id}"))
    credentials = ServiceCredentials(world.signers["other"])
    async with open_channel(f"127.0.0.1:{server.port}", credentials) as channel:
        echo: Any = channel.unary_unary(
            "/chassis.tests.EchoService/Echo",
            request_serializer=world.contract.EchoRequest.SerializeToString,
            response_deserializer=world.contract.EchoResponse.FromString,
        )
        with as_service(world.tenant):
            assert (await echo(world.contract.EchoRequest())).text == f"other {world.tenant}"
        with pytest.raises(LookupError, match="as_service"):
            await echo(world.contract.EchoRequest())


async def test_streams(world: Any) -> None:
    server = await world.server(world.echo())
    async with world.stub(server) as stub:
        letters = [reply.text async for reply in stub.Stream(world.contract.EchoRequest(text="abc"))]
    assert letters == ["a", "b", "c"]


async def test_refuses_a_stream_midway_with_its_reason(world: Any) -> None:
    def answer(request: Any) -> str:
        if request.text == "b":
            raise world.too_loud("lower your voice")
        return str(request.text)

    server = await world.server(world.echo(answer=answer))
    async with world.stub(server) as stub:
        replies = stub.Stream(world.contract.EchoRequest(text="abc"))
        assert (await replies.read()).text == "a"
        refused = await refusal(replies.read())
    assert (refused.reason, refused.field) == ("TOO_LOUD", "items[0].name")


@pytest.mark.parametrize(("seconds", "reason"), [(None, "DEADLINE_REQUIRED"), (3600, "DEADLINE_TOO_LONG")])
async def test_refuses_a_call_without_a_fair_deadline(world: Any, seconds: float | None, reason: str) -> None:
    server = await world.server(world.echo())
    token = world.signers["gateway"].sign(world.caller("admin"))
    async with world.bare(server) as stub:
        call = stub.Echo(world.contract.EchoRequest(), timeout=seconds, metadata=world.headers(token))
        refused = await refusal(call)
    assert (refused.code, refused.reason) == (grpc.StatusCode.INVALID_ARGUMENT, reason)


async def test_refuses_a_call_without_identity(world: Any) -> None:
    server = await world.server(world.echo())
    async with world.bare(server) as stub:
        refused = await refusal(stub.Echo(world.contract.EchoRequest(), timeout=5))
    assert (refused.code, refused.reason) == (grpc.StatusCode.UNAUTHENTICATED, "IDENTITY_MISSING")


def _unsigned(world: Any) -> str:
    claims = {"iss": "gateway", "aud": AUDIENCE, "sub": "x", "iat": 0, "exp": 2**31}
    return jwt.encode(claims, None, algorithm="none", headers={"kid": "gateway"})  # type: ignore[arg-type]


def _stranger(world: Any) -> str:
    private, _ = generate_key("gateway")
    return Signer("gateway", private).sign(world.caller("admin"))


def _pretender(world: Any) -> str:
    return world.signers["other"].sign(world.caller("admin"))  # type: ignore[no-any-return]


def _expired(world: Any) -> str:
    with time_machine.travel("2020-01-01T00:00:00Z", tick=False):
        return world.signers["gateway"].sign(world.caller("admin"))  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("forge", "reason"),
    [
        (_unsigned, "IDENTITY_INVALID"),
        (_stranger, "IDENTITY_FORGED"),
        (_pretender, "IDENTITY_FORGED"),
        (_expired, "IDENTITY_EXPIRED"),
        (lambda _: "nonsense", "IDENTITY_INVALID"),
    ],
)
async def test_refuses_a_bad_token(world: Any, forge: Any, reason: str) -> None:
    echo = world.echo()
    server = await world.server(echo)
    async with world.bare(server) as stub:
        call = stub.Echo(world.contract.EchoRequest(), timeout=5, metadata=world.headers(forge(world)))
        refused = await refusal(call)
    assert (refused.code, refused.reason, echo.calls) == (grpc.StatusCode.UNAUTHENTICATED, reason, 0)


async def test_refuses_a_method_that_states_no_access(world: Any) -> None:
    server = await world.server(world.echo())
    async with world.stub(server) as stub:
        refused = await refusal(stub.Undeclared(world.contract.EchoRequest()))
    assert (refused.code, refused.reason) == (grpc.StatusCode.PERMISSION_DENIED, "NOT_ALLOWED")


async def test_refuses_a_role_that_may_not(world: Any) -> None:
    server = await world.server(world.echo())
    async with world.stub(server, roles=("agent",)) as stub:
        refused = await refusal(stub.Echo(world.contract.EchoRequest()))
    assert (refused.code, refused.reason) == (grpc.StatusCode.PERMISSION_DENIED, "NOT_ALLOWED")
    assert "admin, service" in refused.message


async def test_lists_every_invalid_field(world: Any) -> None:
    server = await world.server(world.echo())
    request = world.contract.EchoRequest(text="x" * 21, items=[{"name": "fine"}, {}])
    async with world.stub(server) as stub:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await stub.Echo(request)
    assert Refusal.of(refused.value).reason == "INVALID_FIELD"
    assert _fields(refused.value) == ["text", "items[1].name"]


async def test_maps_a_domain_error_with_its_field(world: Any) -> None:
    def answer(_: Any) -> str:
        raise world.too_loud("lower your voice")

    server = await world.server(world.echo(answer=answer))
    async with world.stub(server) as stub:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await stub.Echo(world.contract.EchoRequest())
    assert Refusal.of(refused.value) == Refusal(
        grpc.StatusCode.FAILED_PRECONDITION, "TOO_LOUD", "lower your voice", "items[0].name", "echo"
    )
    assert _fields(refused.value) == ["items[0].name"]


async def test_masks_an_unknown_error_and_logs_it_under_its_trace(
    world: Any, caplog: pytest.LogCaptureFixture, spans: Path, logging_on: None
) -> None:
    def answer(_: Any) -> str:
        raise ZeroDivisionError("the password is hunter2")

    server = await world.server(world.echo(answer=answer))
    async with world.stub(server) as stub:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await stub.Echo(world.contract.EchoRequest())
    assert Refusal.of(refused.value) == Refusal(
        grpc.StatusCode.INTERNAL, "INTERNAL", "internal error", None, "echo"
    )
    [logged] = [record.msg for record in caplog.records if record.levelname == "ERROR"]
    assert logged["trace_id"] == _info(refused.value).metadata["trace_id"]  # type: ignore[index]
    assert "ZeroDivisionError" in logged["exception"]  # type: ignore[index]


async def test_bounds_the_calls_it_takes(world: Any) -> None:
    server = await world.server(world.echo(seconds=0.5), grpc_max_concurrent_calls=2)
    async with world.stub(server) as stub:
        calls = [stub.Echo(world.contract.EchoRequest()) for _ in range(5)]
        ends = await asyncio.gather(*calls, return_exceptions=True)
    refused = [Refusal.of(end) for end in ends if isinstance(end, grpc.aio.AioRpcError)]
    assert [(r.code, r.reason) for r in refused] == [
        (grpc.StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_CALLS")
    ] * 3


async def test_probes_need_no_identity(world: Any) -> None:
    server = await world.server(world.echo())
    async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        health: Any = health_pb2_grpc.HealthStub(channel)
        alive = await health.Check(health_pb2.HealthCheckRequest(service="liveness"))
    assert alive.status == health_pb2.HealthCheckResponse.SERVING


def _details(error: grpc.aio.AioRpcError) -> Any:
    async_error: Any = error
    status = rpc_status.from_call(async_error)
    assert status is not None
    return status.details


def _info(error: grpc.aio.AioRpcError) -> error_details_pb2.ErrorInfo:
    info = error_details_pb2.ErrorInfo()
    assert any(detail.Unpack(info) for detail in _details(error))
    return info


def _fields(error: grpc.aio.AioRpcError) -> list[str]:
    bad = error_details_pb2.BadRequest()
    assert any(detail.Unpack(bad) for detail in _details(error))
    return [violation.field for violation in bad.field_violations]
