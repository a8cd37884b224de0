"""A front end: GraphQL over HTTP, subscriptions over WebSocket, the bulk door."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any, Self

import httpx
import websockets
from graphql import GraphQLInputObjectType, GraphQLSchema, build_schema, get_named_type
from websockets.typing import Subprotocol

from chassis.ids import new_id
from chassis.testbed.waiting import PATIENCE
from quanzi_local.home import PROJECT

ANSWER_SECONDS = 60.0


class Refused(Exception):
    """Top-level errors. `codes` are theirs, `errors` as they came."""

    def __init__(self, status: int, errors: list[dict[str, Any]]) -> None:
        super().__init__(f"{status}: {errors}")
        self.status = status
        self.errors = errors
        self.codes = {error.get("extensions", {}).get("code") for error in errors}


@lru_cache
def schema() -> GraphQLSchema:
    return build_schema((PROJECT / "gateway" / "schema.graphql").read_text(encoding="utf-8"))


def _input_type(mutation: str) -> GraphQLInputObjectType:
    root = schema().mutation_type
    assert root, "the graph has mutations"
    assert mutation in root.fields, f"the graph has no mutation {mutation}"
    input_type = get_named_type(root.fields[mutation].args["input"].type)
    assert isinstance(input_type, GraphQLInputObjectType)
    return input_type


class FrontEnd:
    """One user, with one token."""

    def __init__(self, url: str, token: str | None) -> None:
        self.url = url
        self.authorization = f"Bearer {token}"
        headers = {"authorization": self.authorization} if token else {}
        self.http = httpx.AsyncClient(base_url=url, headers=headers, timeout=ANSWER_SECONDS, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def ask(self, document: str, /, **variables: Any) -> dict[str, Any]:
        """`data` of an operation, asked again while a service is away. Raises Refused."""
        patience_ends = time.monotonic() + PATIENCE
        while True:
            response = await self.http.post("/graphql", json={"query": document, "variables": variables})
            answer = response.json()
            if not (errors := answer.get("errors")):
                data: dict[str, Any] = answer["data"]
                return data
            refused = Refused(response.status_code, errors)
            if refused.codes != {"SERVICE_UNAVAILABLE"} or time.monotonic() > patience_ends:
                raise refused
            await asyncio.sleep(0.2)

    async def mutate(self, name: str, answer: str, /, **values: Any) -> dict[str, Any]:
        """The payload of a mutation, its user errors with it.

        An idempotency key is made where one is due, so that asking again is harmless.
        """
        input_type = _input_type(name)
        if "idempotencyKey" in input_type.fields:
            values = {"idempotencyKey": str(new_id()), **values}
        document = (
            f"mutation($input: {input_type.name}!) {{ {name}(input: $input) "
            f"{{ {answer} userErrors {{ field message code }} }} }}"
        )
        payload: dict[str, Any] = (await self.ask(document, input=values))[name]
        return payload

    async def do(self, name: str, answer: str, /, **values: Any) -> dict[str, Any]:
        """A mutation that must not be refused."""
        payload = await self.mutate(name, answer, **values)
        assert payload["userErrors"] == [], f"{name}: {payload['userErrors']}"
        return payload

    async def refusal(self, name: str, /, **values: Any) -> tuple[str, str | None]:
        """Code and field of a mutation that must be refused."""
        payload = await self.mutate(name, "__typename", **values)
        assert payload["userErrors"], f"{name} was not refused"
        [error] = payload["userErrors"]
        return error["code"], error["field"]

    async def bring(self, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Rows through the bulk door: the answer's lines, counts last."""
        body = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        response = await self.http.post("/v1/activities", content=body.encode())
        if response.is_error:
            raise Refused(response.status_code, response.json()["errors"])
        return [json.loads(line) for line in response.text.splitlines()]

    @asynccontextmanager
    async def listen(self, subscription: str) -> AsyncIterator[list[dict[str, Any]]]:
        """A list that grows by what the subscription delivers."""
        heard: list[dict[str, Any]] = []
        uri = self.url.replace("http", "ws", 1) + "/graphql"
        protocol = Subprotocol("graphql-transport-ws")
        async with websockets.connect(uri, subprotocols=[protocol], proxy=None) as socket:
            hello = {"type": "connection_init", "payload": {"authorization": self.authorization}}
            await socket.send(json.dumps(hello))
            assert json.loads(await socket.recv())["type"] == "connection_ack"
            request = {"id": "1", "type": "subscribe", "payload": {"query": subscription}}
            await socket.send(json.dumps(request))
            hearing = asyncio.create_task(_hear(socket, heard))
            try:
                yield heard
                assert not hearing.done() or hearing.exception() is None, hearing.exception()
            finally:
                hearing.cancel()


async def _hear(socket: websockets.ClientConnection, heard: list[dict[str, Any]]) -> None:
    async for frame in socket:
        message = json.loads(frame)
        if message["type"] == "ping":
            await socket.send(json.dumps({"type": "pong"}))
        elif message["type"] == "next":
            assert "errors" not in message["payload"], message
            heard.append(message["payload"]["data"])
        else:
            raise AssertionError(f"the subscription ended: {message}")
