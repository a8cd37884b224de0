"""`/graphql` over HTTP and WebSocket: who asks is settled first, one span each, typed answers always."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

import orjson
from cross_web import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import ASGIWebSocketAdapter, GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.schema import BaseSchema
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
    Operation,
)
from strawberry.subscriptions.protocols.graphql_transport_ws.types import SubscribeMessage

from chassis.identity import calling_as
from chassis.logs import get_logger
from chassis.telemetry import extracted, tracer
from gateway.context import Context
from gateway.errors import INTERNAL, PublicError, answer
from gateway.gateway import Gateway

JSON = "application/json"
_MOST_SUBSCRIPTIONS = 20
_UNAUTHORIZED = 4401  # of graphql-transport-ws

log = get_logger(__name__)


class GraphQLDoor(GraphQL[Context, None]):
    """The ASGI application behind `/graphql`."""

    def __init__(self, schema: BaseSchema, gateway: Gateway) -> None:
        settings = gateway.settings
        super().__init__(
            schema,
            graphql_ide="graphiql" if settings.gateway_development else None,
            allow_queries_via_get=False,
            subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL],
            max_subscriptions_per_connection=_MOST_SUBSCRIPTIONS,
            allowed_origins=settings.allowed_origins,
        )
        self.websocket_adapter_class = _TextFrames
        self.graphql_transport_ws_handler_class = _Handler
        self._gateway = gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self.run(WebSocket(scope, receive, send))
            return
        request = Request(scope, _bounded(receive, self._gateway.settings.graphql_body_bytes))
        with extracted(request.headers), tracer().start_as_current_span("graphql"):
            response = await self._answer(request)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        try:
            self._check_method(request)
            return await self.run(request)
        except PublicError as error:
            return _plain(error)
        except HTTPException as refused:
            return _plain(PublicError("BAD_REQUEST", refused.reason, status=refused.status_code))
        except Exception:
            log.exception("unexpected error")
            return _plain(PublicError(INTERNAL, "internal error", status=500))

    def _check_method(self, request: Request) -> None:
        """GET shows the IDE, where there is one, and nothing else."""
        shows_ide = self.graphql_ide is not None and "text/html" in request.headers.get("accept", "")
        if request.method == "GET" and not shows_ide:
            raise PublicError("METHOD_NOT_ALLOWED", "send operations with POST", status=405)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        del response
        context = self._gateway.context()
        if isinstance(request, WebSocket) or request.method == "GET":
            return context
        authorization = request.headers.get("authorization")
        if authorization or not self._gateway.settings.gateway_development:
            context.known_identity = await self._gateway.authenticator.identify(authorization)
        return context

    async def on_ws_connect(self, context: Context) -> dict[str, object] | None:
        """`connection_init` carries `{"authorization": "Bearer …"}`."""
        params = context.connection_params or {}
        try:
            context.known_identity = await self._gateway.authenticator.identify(params.get("authorization"))
        except PublicError as error:
            raise ConnectionRejectionError(answer(error)) from error
        return None

    async def execute_operation(self, *args: Any, **kwargs: Any) -> Any:
        with acting(kwargs["context"]):
            return await super().execute_operation(*args, **kwargs)

    def parse_json(self, data: str | bytes) -> Any:
        try:
            parsed = orjson.loads(data)
        except orjson.JSONDecodeError as error:
            raise PublicError("MALFORMED_JSON", f"the body is not JSON: {error}") from None
        if not isinstance(parsed, dict | list):
            raise PublicError("MALFORMED_JSON", "the body must be an object with `query`")
        return self._gateway.documents.complete(parsed) if isinstance(parsed, dict) else parsed

    def encode_json(self, data: object) -> bytes:
        return orjson.dumps(data)


@contextmanager
def acting(context: Context) -> Iterator[None]:
    """Calls inside the block are made for the caller of the context, if it is known."""
    with ExitStack() as stack:
        if context.known_identity:
            stack.enter_context(calling_as(context.known_identity.caller))
        yield


class _TextFrames(ASGIWebSocketAdapter):
    async def send_json(self, message: Mapping[str, object]) -> None:
        await self.ws.send_text(orjson.dumps(message).decode())


class _Handler(BaseGraphQLTransportWSHandler[Context, None]):
    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        documents = self.context.gateway.documents
        try:
            payload: Any = documents.complete(dict(message["payload"]))
        except PublicError as error:
            refused: Any = answer(error)["errors"]
            await self.send_message({"id": message["id"], "type": "error", "payload": refused})
        else:
            await super().handle_subscribe({**message, "payload": payload})

    async def run_operation(self, operation: Operation[Context, None]) -> None:
        """Ends the connection when the identity behind it does."""
        with acting(self.context), tracer().start_as_current_span("graphql"):
            try:
                async with asyncio.timeout(self.context.identity.expires_at - time.time()):
                    await super().run_operation(operation)
            except TimeoutError:
                await self.websocket.close(_UNAUTHORIZED, "the token has expired")


def _plain(error: PublicError) -> Response:
    headers = {"www-authenticate": "Bearer"} if error.status == 401 else {}
    return Response(orjson.dumps(answer(error)), error.status, headers, JSON)


def _bounded(receive: Receive, most: int) -> Receive:
    """Stops reading a body that is too large, wherever its length is told or not."""
    read = 0

    async def bounded() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > most:
            raise PublicError(
                "BODY_TOO_LARGE",
                f"the body is larger than {most} bytes; send activities in bulk to POST /v1/activities",
                status=413,
            )
        return message

    return bounded
