"""Ways to give the platform what it must refuse, and what it says."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import httpx

from chassis.identity import Caller
from chassis.ids import new_id
from chassis.rpc.errors import Refusal
from quanzi.segmentation.v1 import groups_pb2, groups_pb2_grpc
from quanzi_local.identity import development_token

from ..harness.brand import Brand, row

JSON = {"content-type": "application/json"}


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` of HTTP or gRPC; `field` empty when no field is to blame."""

    status: str
    code: str
    field: str = ""


Send = Callable[[Brand], Awaitable[Answer]]


def of_graphql(response: httpx.Response) -> Answer:
    """The first top-level error, else the first user error."""
    body = response.json()
    if errors := body.get("errors"):
        found = errors[0]["extensions"]
    else:
        [payload] = body["data"].values()
        [found] = payload["userErrors"]
    return Answer(str(response.status_code), found["code"], found.get("field") or "")


def of_bulk(response: httpx.Response) -> Answer:
    found = json.loads(response.text.splitlines()[0])
    if errors := found.get("errors"):
        found = errors[0]["extensions"]
    return Answer(str(response.status_code), found["code"], found.get("field") or "")


def graphql(query: str, **variables: Any) -> Send:
    async def send(brand: Brand) -> Answer:
        return of_graphql(
            await brand.admin.http.post("/graphql", json={"query": query, "variables": variables})
        )

    return send


def graphql_body(body: bytes) -> Send:
    async def send(brand: Brand) -> Answer:
        return of_graphql(await brand.admin.http.post("/graphql", content=body, headers=JSON))

    return send


def mutation(name: str, **values: Any) -> Send:
    async def send(brand: Brand) -> Answer:
        code, field = await brand.admin.refusal(name, **values)
        return Answer("200", code, field or "")

    return send


def bulk(body: bytes) -> Send:
    async def send(brand: Brand) -> Answer:
        return of_bulk(await brand.admin.http.post("/v1/activities", content=body))

    return send


def one_row(kind: str = "message", **values: Any) -> Send:
    given = row(kind, str(new_id()), "m-1", datetime.now(UTC), **values)
    return bulk(json.dumps(given).encode())


def with_token(make: Callable[[Brand], str]) -> Send:
    async def send(brand: Brand) -> Answer:
        headers = {"authorization": f"Bearer {make(brand)}"}
        query = {"query": "query { groups { nodes { id } } }"}
        return of_graphql(await brand.admin.http.post("/graphql", json=query, headers=headers))

    return send


def expired(brand: Brand) -> str:
    return development_token(brand.platform.home, brand.slug, ["admin"], "late", timedelta(seconds=-1))


async def without_token(brand: Brand) -> Answer:
    async with httpx.AsyncClient(base_url=brand.platform.url, trust_env=False) as nobody:
        return of_bulk(await nobody.post("/v1/activities", content=b"{}"))


async def with_too_little_a_role(brand: Brand) -> Answer:
    agent = await brand.colleague("agent")
    query = "mutation($input: CampaignCancelInput!) { campaignCancel(input: $input) { userErrors { code } } }"
    variables = {"input": {"idempotencyKey": "k", "campaign": f"gid://quanzi/Campaign/{new_id()}"}}
    return of_graphql(await agent.http.post("/graphql", json={"query": query, "variables": variables}))


async def replayed_key(brand: Brand) -> Answer:
    key = str(new_id())
    text = {"type": "UGC", "format": "TEXT", "title": "晒单", "idempotencyKey": key}
    await brand.admin.do("itemCreate", "item { id }", **text, body="很好用")
    code, field = await brand.admin.refusal("itemCreate", **text, body="不好用")
    return Answer("200", code, field or "")


async def without_deadline(brand: Brand) -> Answer:
    address = brand.platform.processes["segmentation"].part.address
    token = brand.platform.signer("gateway").sign(
        Caller(brand.tenant_id, "hasty", frozenset({"admin"}), "gateway")
    )
    async with grpc.aio.insecure_channel(address) as channel:
        call = groups_pb2_grpc.GroupServiceStub(channel).ListGroups
        try:
            await call(groups_pb2.ListGroupsRequest(), metadata=[("authorization", f"Bearer {token}")])
        except grpc.aio.AioRpcError as error:
            refused = Refusal.of(error)
            return Answer(refused.code.name, refused.reason, refused.field or "")
    raise AssertionError("the call was not refused")
