"""A small service made at run time: the chassis is tested without any contract of the business."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar
from uuid import UUID

import grpc
import pytest
from buf.validate import validate_pb2
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from chassis import logs, telemetry
from chassis.identity import Caller, Signer, calling_as, generate_key
from chassis.rpc.client import ForwardedCredentials, open_channel
from chassis.rpc.server import RpcServer
from chassis.settings import ProcessSettings, ServiceSettings
from quanzi.access.v1 import access_pb2

TENANT = UUID("0192f000-0000-7000-8000-000000000001")


class TooLoud(Exception):
    """A domain refusal with a field."""

    field = "items[0].name"


def _contract() -> SimpleNamespace:
    file = descriptor_pb2.FileDescriptorProto(
        name="chassis/tests/echo.proto",
        package="chassis.tests",
        syntax="proto3",
        dependency=["buf/validate/validate.proto", "quanzi/access/v1/access.proto"],
    )
    item = file.message_type.add(name="Item")
    name = item.field.add(name="name", number=1, type="TYPE_STRING", label="LABEL_OPTIONAL")
    name.options.Extensions[validate_pb2.field].string.min_len = 1
    request = file.message_type.add(name="EchoRequest")
    text = request.field.add(name="text", number=1, type="TYPE_STRING", label="LABEL_OPTIONAL")
    text.options.Extensions[validate_pb2.field].string.max_len = 20
    request.field.add(
        name="items",
        number=2,
        type="TYPE_MESSAGE",
        type_name=".chassis.tests.Item",
        label="LABEL_REPEATED",
    )
    reply = file.message_type.add(name="EchoResponse")
    reply.field.add(name="text", number=1, type="TYPE_STRING", label="LABEL_OPTIONAL")
    service = file.service.add(name="EchoService")
    for method, roles, safe in (
        ("Echo", ["admin", "service"], False),
        ("Read", ["admin", "service"], True),
        ("Stream", ["admin"], True),
        ("Undeclared", [], False),
    ):
        call = service.method.add(
            name=method,
            input_type=".chassis.tests.EchoRequest",
            output_type=".chassis.tests.EchoResponse",
            server_streaming=method == "Stream",
        )
        if roles:
            call.options.Extensions[access_pb2.access].roles.extend(roles)
        if safe:
            call.options.idempotency_level = descriptor_pb2.MethodOptions.NO_SIDE_EFFECTS
    pool = descriptor_pool.Default()
    pool.Add(file)
    found = pool.FindFileByName(file.name)
    messages = {
        name: message_factory.GetMessageClass(found.message_types_by_name[name])
        for name in ("EchoRequest", "EchoResponse")
    }
    return SimpleNamespace(service=found.services_by_name["EchoService"], **messages)


CONTRACT = _contract()
Answer = Callable[[Any], Any]


@dataclass
class Echo:
    """Counts its calls; `answer` may be replaced by a test."""

    answer: Answer = lambda request: request.text
    seconds: float = 0.0
    calls: int = 0
    seen: list[Any] = field(default_factory=list)

    async def unary(self, request: Any, _context: Any) -> Any:
        self.calls += 1
        await asyncio.sleep(self.seconds)
        return CONTRACT.EchoResponse(text=self.answer(request))

    async def stream(self, request: Any, context: Any) -> AsyncIterator[Any]:
        for letter in request.text:
            yield await self.unary(CONTRACT.EchoRequest(text=letter), context)


def _add(echo: Echo, server: grpc.aio.Server) -> None:
    codecs = CONTRACT.EchoRequest.FromString, CONTRACT.EchoResponse.SerializeToString
    unary: Any = grpc.unary_unary_rpc_method_handler(echo.unary, *codecs)
    stream: Any = grpc.unary_stream_rpc_method_handler(echo.stream, *codecs)
    handlers = {"Echo": unary, "Read": unary, "Undeclared": unary, "Stream": stream}
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler("chassis.tests.EchoService", handlers),)
    )


class Stub:
    def __init__(self, channel: grpc.aio.Channel) -> None:
        for name in ("Echo", "Read", "Undeclared", "Stream"):
            make: Any = channel.unary_stream if name == "Stream" else channel.unary_unary
            setattr(
                self,
                name,
                make(
                    f"/chassis.tests.EchoService/{name}",
                    request_serializer=CONTRACT.EchoRequest.SerializeToString,
                    response_deserializer=CONTRACT.EchoResponse.FromString,
                ),
            )

    Echo: Any
    Read: Any
    Undeclared: Any
    Stream: Any


@dataclass
class World:
    """Keys of a front door and of a service, and servers and channels that trust them."""

    directory: Path
    exits: AsyncExitStack
    signers: dict[str, Signer]
    errors: dict[type[Exception], tuple[grpc.StatusCode, str]] = field(
        default_factory=lambda: {TooLoud: (grpc.StatusCode.FAILED_PRECONDITION, "TOO_LOUD")}
    )
    contract: ClassVar[Any] = CONTRACT
    too_loud: ClassVar[type[Exception]] = TooLoud
    tenant: ClassVar[UUID] = TENANT

    def settings(self, **more: Any) -> ServiceSettings:
        return ServiceSettings(
            service="echo",
            database_url="postgresql://nobody@nowhere/none",
            nats_url="nats://nowhere",
            signing_key_file=self.directory / "none",
            jwks_file=self.directory / "jwks.json",
            **{"drain_seconds": 10.0, **more},
        )

    async def server(self, echo: Echo, **more: Any) -> RpcServer:
        services = [(_add, echo, CONTRACT.service)]
        server = RpcServer(self.settings(**more), services=services, errors=self.errors)
        await server.start()
        self.exits.push_async_callback(server.stop)
        return server

    def caller(self, *roles: str, issuer: str = "gateway") -> Caller:
        return Caller(TENANT, "someone", frozenset(roles), issuer)

    @asynccontextmanager
    async def stub(self, *servers: RpcServer, roles: tuple[str, ...] = ("admin",)) -> AsyncIterator[Stub]:
        target = "ipv4:" + ",".join(f"127.0.0.1:{server.port}" for server in servers)
        credentials = ForwardedCredentials(self.signers["gateway"])
        async with open_channel(target, credentials, services=[CONTRACT.service]) as channel:
            with calling_as(self.caller(*roles)):
                yield Stub(channel)

    @asynccontextmanager
    async def bare(self, server: RpcServer) -> AsyncIterator[Stub]:
        """A channel that adds nothing: what a foreign client sends."""
        async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
            yield Stub(channel)

    def headers(self, token: str) -> list[tuple[str, str]]:
        return [("authorization", f"Bearer {token}")]

    def echo(self, **more: Any) -> Echo:
        return Echo(**more)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    pairs = {issuer: generate_key(issuer) for issuer in ("gateway", "other")}
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": [public for _, public in pairs.values()]}))
    for issuer, (private, _) in pairs.items():
        (tmp_path / issuer).write_bytes(private)
    signers = {issuer: Signer(issuer, private) for issuer, (private, _) in pairs.items()}
    async with AsyncExitStack() as exits:
        yield World(tmp_path, exits, signers)


@pytest.fixture(scope="session")
def spans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Telemetry and logs as in a process; a process has one tracer provider, so this is for the session."""
    settings = ProcessSettings(service="echo", trace_file=tmp_path_factory.mktemp("trace") / "spans")
    telemetry.configure(settings)
    assert settings.trace_file
    return settings.trace_file


@pytest.fixture
def logging_on() -> Iterator[None]:
    logs.configure(ProcessSettings(service="echo"))
    yield
    logging.getLogger().handlers.clear()
