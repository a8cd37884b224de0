"""What the graph costs beside the same schema served from memory."""

from __future__ import annotations

import time

import pytest
import strawberry

from gateway.connections import Connection, connection
from gateway.schema import build_schema
from gateway.segmentation.types import Member
from quanzi.segmentation.v1 import members_pb2

from .conftest import Door
from .fakes import FakeServices
from .test_members import serve

QUERY = """
{ members(first: 50) { nodes {
    id externalReference displayName firstSeenAt lastSeenAt
    tier { tier assignedAt previousTier } tags { name source taggedAt }
} } }
"""
ROUNDS = 200


@pytest.mark.load
async def test_list_of_members(door: Door, services: FakeServices) -> None:
    serve(services)
    listing: members_pb2.ListMembersResponse = services.answers["ListMembers"](
        members_pb2.ListMembersRequest(page={"first": 50})  # type: ignore[arg-type]
    )
    page = connection([Member.of(member) for member in listing.members], listing.page_info, None)

    @strawberry.type
    class Query:
        @strawberry.field
        def members(self, first: int = 20) -> Connection[Member]:
            return page

    schema = build_schema()
    from strawberry.extensions import ParserCache, ValidationCache

    memory = strawberry.Schema(Query, config=schema.config, extensions=[ParserCache, ValidationCache])
    for _ in range(20):
        await memory.execute(QUERY)
        assert "errors" not in await door.ask(QUERY)
    started = time.process_time()
    for _ in range(ROUNDS):
        await memory.execute(QUERY)
    from_memory = (time.process_time() - started) / ROUNDS
    services.answers["ListMembers"] = lambda _request: listing
    started = time.process_time()
    for _ in range(ROUNDS):
        await door.http.post("/graphql", json={"query": QUERY})
    whole = (time.process_time() - started) / ROUNDS
    started = time.process_time()
    for _ in range(ROUNDS):
        [Member.of(member) for member in listing.members]
    converting = (time.process_time() - started) / ROUNDS
    print(
        f"CPU: memory {from_memory * 1e3:.2f} ms, gateway over gRPC and HTTP {whole * 1e3:.2f} ms,"
        f" of it converting {converting * 1e3:.2f} ms; ratio {from_memory / whole:.2f}"
    )
