"""What surrounds every handler: load limit, deadline, identity, access, field rules, errors, one span."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from typing import Any, TypeAlias

import grpc
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message import Message
from google.rpc.status_pb2 import Status
from opentelemetry.trace import SpanKind, StatusCode
from protovalidate import Violation, collect_violations

from chassis import telemetry
from chassis.identity import Caller, IdentityRefused, Verifier, calling_as
from chassis.rpc.answers import to_status
from chassis.rpc.deadline import ending_in
from chassis.rpc.errors import DETAILS_KEY, CallRefused, ErrorTable
from quanzi.access.v1 import access_pb2

# Answered to anyone: probes and tools carry no identity.
OPEN_SERVICES = frozenset(
    {
        "grpc.health.v1.Health",
        "grpc.reflection.v1alpha.ServerReflection",
        "grpc.reflection.v1.ServerReflection",
    }
)
_BEARER = "Bearer "

Context = grpc.aio.ServicerContext[Any, Any]
Rules = Mapping[str, frozenset[str]]
Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"
Continuation: TypeAlias = "Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]]"


def access_rules(services: Sequence[ServiceDescriptor]) -> Rules:
    """Full method name → the roles that may call it, from the contracts; empty if the method states none."""
    return {_path(method): _roles(method) for service in services for method in service.methods}


class Guard(grpc.aio.ServerInterceptor):
    """The one interceptor of a server."""

    def __init__(
        self,
        service: str,
        rules: Rules,
        errors: ErrorTable,
        verifier: Verifier,
        max_concurrent: int,
        max_deadline: float,
    ) -> None:
        self._service = service
        self._rules = rules
        self._errors = errors
        self._verifier = verifier
        self._max_concurrent = max_concurrent
        self._max_deadline = max_deadline
        self._running = 0
        self.calls = 0
        self._handlers: dict[str, Handler] = {}
        self._tracer = telemetry.tracer()
        self._durations = telemetry.meter().create_histogram("rpc.server.duration", unit="ms")

    async def intercept_service(
        self, continuation: Continuation, handler_call_details: grpc.HandlerCallDetails
    ) -> Handler | None:
        method = handler_call_details.method
        if known := self._handlers.get(method):
            return known
        handler = await continuation(handler_call_details)
        if handler is None or method.split("/")[1] in OPEN_SERVICES:
            return handler
        self._handlers[method] = guarded = self._wrap(method, handler)
        return guarded

    def _wrap(self, method: str, handler: Handler) -> Handler:
        codecs = handler.request_deserializer, handler.response_serializer
        answer: Any = handler.unary_unary
        stream: Any = handler.unary_stream
        if answer:

            async def unary(request: Message, context: Context) -> Any:
                headers = _headers(context)
                with self._observed(method, headers) as failed:
                    try:
                        with self._admitted(method, request, headers, context.time_remaining()):
                            return await answer(request, context)
                    except grpc.aio.AbortError:
                        raise
                    except Exception as error:
                        status = failed(error)
                return await _abort(context, status)

            return grpc.unary_unary_rpc_method_handler(unary, *codecs)

        if stream:

            async def streaming(request: Message, context: Context) -> None:
                headers = _headers(context)
                with self._observed(method, headers) as failed:
                    try:
                        with self._admitted(method, request, headers, context.time_remaining()):
                            async with aclosing(stream(request, context)) as responses:
                                async for response in responses:
                                    await context.write(response)
                            return
                    except grpc.aio.AbortError:
                        raise
                    except Exception as error:
                        status = failed(error)
                await _abort(context, status)

            return grpc.unary_stream_rpc_method_handler(streaming, *codecs)
        raise TypeError(f"{method} streams requests, which is not supported")

    @contextmanager
    def _observed(self, method: str, headers: Mapping[str, str]) -> Iterator[Callable[[Exception], Status]]:
        """One span and one measurement around the call; yields what turns an exception into a status."""
        started = time.perf_counter()
        code = "OK"
        with (
            telemetry.extracted(headers),
            self._tracer.start_as_current_span(method, kind=SpanKind.SERVER) as span,
        ):

            def failed(error: Exception) -> Status:
                nonlocal code
                status = to_status(error, self._service, self._errors, method)
                code = _CODES[status.code].name
                span.set_status(StatusCode.ERROR, code)
                return status

            yield failed
            self._durations.record(
                (time.perf_counter() - started) * 1e3, {"rpc.method": method, "rpc.code": code}
            )

    @contextmanager
    def _admitted(
        self, method: str, request: Message, headers: Mapping[str, str], remaining: float | None
    ) -> Iterator[None]:
        """Everything a call must pass, then the surroundings its handler runs in."""
        if self._running >= self._max_concurrent:
            raise CallRefused(
                grpc.StatusCode.RESOURCE_EXHAUSTED,
                "TOO_MANY_CALLS",
                "the service is at its limit; retry later",
            )
        deadline = self._deadline(remaining)
        identity = self._identity(headers)
        self._permit(method, identity)
        _validate(request)
        self._running += 1
        self.calls += 1
        try:
            with ending_in(deadline), calling_as(identity):
                yield
        finally:
            self._running -= 1

    def _deadline(self, remaining: float | None) -> float:
        if remaining is None:
            raise CallRefused(
                grpc.StatusCode.INVALID_ARGUMENT, "DEADLINE_REQUIRED", "set a deadline on every call"
            )
        if remaining > self._max_deadline + 1:
            raise CallRefused(
                grpc.StatusCode.INVALID_ARGUMENT,
                "DEADLINE_TOO_LONG",
                f"the deadline may be at most {self._max_deadline:g} seconds away",
            )
        return remaining

    def _identity(self, headers: Mapping[str, str]) -> Caller:
        header = headers.get("authorization", "")
        if not header.startswith(_BEARER):
            raise CallRefused(
                grpc.StatusCode.UNAUTHENTICATED, "IDENTITY_MISSING", "send an identity token as authorization"
            )
        try:
            return self._verifier.verify(header[len(_BEARER) :])
        except IdentityRefused as refused:
            raise CallRefused(grpc.StatusCode.UNAUTHENTICATED, refused.reason, str(refused)) from refused

    def _permit(self, method: str, identity: Caller) -> None:
        allowed = self._rules.get(method, frozenset())
        if not allowed & identity.roles:
            needed = ", ".join(sorted(allowed)) or "none, as the method states no access"
            raise CallRefused(
                grpc.StatusCode.PERMISSION_DENIED, "NOT_ALLOWED", f"roles that may call {method}: {needed}"
            )


def _validate(request: Message) -> None:
    if violations := collect_violations(request):
        found = [(_field(violation), violation.proto.message) for violation in violations]
        summary = "; ".join(f"{field}: {why}" for field, why in found)
        raise CallRefused(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD", summary, found)


def _field(violation: Violation) -> str:
    """The path as people write it: `members[3].name`, `labels["a"]`."""
    path = ""
    field = violation.proto.field
    for element in field.elements if field else ():
        path += f".{element.field_name}" if path else element.field_name
        if element.subscript:
            key = element.subscript.value
            path += f'["{key}"]' if isinstance(key, str) else f"[{key}]"
    return path


def _roles(method: MethodDescriptor) -> frozenset[str]:
    return frozenset(method.GetOptions().Extensions[access_pb2.access].roles)


def _path(method: MethodDescriptor) -> str:
    return f"/{method.containing_service.full_name}/{method.name}"


def _headers(context: Context) -> dict[str, str]:
    return {key: value for key, value in context.invocation_metadata() or () if isinstance(value, str)}


_CODES = {code.value[0]: code for code in grpc.StatusCode}


async def _abort(context: Context, status: Status) -> None:
    await context.abort(_CODES[status.code], status.message, ((DETAILS_KEY, status.SerializeToString()),))
