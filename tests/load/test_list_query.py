"""50 members with tier and tags through the gateway, beside the same schema serving them from memory.

Target: at least half its speed.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
import httpx
import orjson
import psutil
import pytest

from chassis.identity import Caller, Signer, calling_as
from chassis.rpc.client import ForwardedCredentials, open_channel
from quanzi.paging.v1.paging_pb2 import PageRequest
from quanzi.segmentation.v1 import members_pb2, members_pb2_grpc
from quanzi_local.connections import nats_client
from quanzi_local.gateway_client import graphql
from quanzi_local.intake.groups import register_group
from quanzi_local.launcher.ports import free_ports

from .ingestion import ingest
from .report import Figures, Report, against_target, ratio
from .running import Platform
from .timing import interleaved, p50, p99
from .traffic import bodies, group_references, synthetic
from .usage import cpu_seconds

pytestmark = [pytest.mark.load, pytest.mark.timeout(300)]

TARGET = 0.5
ROUNDS, WARM_UP = 400, 100
ROWS = 50
LIST = """
query Members($first: Int!) { members(first: $first) { nodes {
  id externalReference displayName firstSeenAt lastSeenAt
  tier { tier assignedAt previousTier } tags { name source taggedAt }
} } }
"""
TAG = "mutation Tag($input: MemberTagInput!) { memberTag(input: $input) { userErrors { message } } }"
ECHO = "/bench.Echo/Echo"


async def test_list_of_members(platform: Platform, report: Report, tmp_path: Path) -> None:
    async with platform.client() as client:
        await _members_with_tags(platform, client)
        listing = await _listing(platform)
        stored = tmp_path / "members.bin"
        stored.write_bytes(listing.SerializeToString())
        with _gateway_from_memory(platform, stored, tmp_path / "ready.json") as memory_url:
            async with platform.client() as memory, _echoed(listing) as echo:
                memory.base_url = httpx.URL(memory_url)
                answer = await _ask(client)
                assert len(answer["nodes"]) == ROWS
                assert all(node["tier"] and node["tags"] for node in answer["nodes"])
                assert await _ask(memory) == answer

                async def encode() -> object:
                    return orjson.dumps([dict(node) for node in answer["nodes"]])

                calls = (lambda: _ask(client), lambda: _ask(memory), echo, encode)
                await interleaved(WARM_UP, *calls)
                ours, from_memory, bare, encoding = await interleaved(ROUNDS, *calls)
                cpu = await _cpu(platform, lambda: _ask(client))

    table = Figures(f"List of {ROWS} members, 10 fields each", ("", "p50 ms", "p99 ms", "its p50 ÷ ours"))
    table.row("gateway → segmentation → PostgreSQL", f"{p50(ours):.2f}", f"{p99(ours):.2f}", "1.00")
    for name, durations in (
        ("the same gateway, rows from memory", from_memory),
        ("raw: one gRPC call with the same answer", bare),
        ("raw: build and encode the same dictionaries", encoding),
    ):
        shares = ratio(p50(durations), p50(ours))
        table.row(name, f"{p50(durations):.2f}", f"{p99(durations):.2f}", shares)
    reached = p50(from_memory) / p50(ours) >= TARGET
    table.note(f"target: at least {TARGET} of the speed from memory: {against_target(reached)}")
    table.note(f"{ROUNDS} requests of each, in turn, over HTTP on one connection")
    table.note("CPU of a request: " + ", ".join(f"{name} {ms:.2f} ms" for name, ms in cpu if ms > 0.05))
    report.add(table)


async def _members_with_tags(platform: Platform, client: httpx.AsyncClient) -> None:
    now = datetime.now(UTC)
    for reference in group_references():
        await register_group(client, reference, reference)
    async with nats_client(platform.nats) as connection:
        await ingest(platform, connection, bodies(synthetic(1_000, f"list-{now:%H%M%S}", now)))
    for node in (await _ask(client))["nodes"]:
        await graphql(client, TAG, {"input": {"member": node["id"], "add": ["老客", "宝妈"]}})


async def _ask(client: httpx.AsyncClient) -> dict[str, Any]:
    """Over a budget of points: the bench asks more often than any client may."""
    while True:
        response = await client.post("/graphql", json={"query": LIST, "variables": {"first": ROWS}})
        answer = response.json()
        if "errors" not in answer:
            members: dict[str, Any] = answer["data"]["members"]
            return members
        assert answer["errors"][0]["extensions"]["code"] == "RATE_LIMITED", answer
        await asyncio.sleep(0.2)


async def _listing(platform: Platform) -> members_pb2.ListMembersResponse:
    """What segmentation answers the gateway."""
    signer = Signer.from_file("gateway", platform.home.secrets / "gateway.pem")
    caller = Caller(platform.tenant_id, "bench", frozenset({"admin"}), "gateway")
    channel = open_channel(platform.addresses["segmentation"], ForwardedCredentials(signer))
    async with channel:
        with calling_as(caller):
            request = members_pb2.ListMembersRequest(page=PageRequest(first=ROWS))
            return await members_pb2_grpc.MemberServiceStub(channel).ListMembers(request)


@contextmanager
def _gateway_from_memory(platform: Platform, listing: Path, ready: Path) -> Iterator[str]:
    port = free_ports(1)[0]
    environment = {
        **platform.processes()["gateway"].environ(),
        "QUANZI_HTTP_PORT": str(port),
        "QUANZI_READY_FILE": str(ready),
    }
    script = Path(__file__).with_name("gateway_from_memory.py")
    process = subprocess.Popen([sys.executable, str(script), str(listing)], env=environment)
    try:
        while not ready.exists():
            assert process.poll() is None, "the gateway from memory did not start"
            psutil.Process(process.pid).cpu_percent(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


@asynccontextmanager
async def _echoed(message: members_pb2.ListMembersResponse) -> Any:
    """A call to a gRPC server in this process that answers `message`, and nothing else."""

    async def answer(_request: bytes, _context: object) -> members_pb2.ListMembersResponse:
        return message

    handler = grpc.unary_unary_rpc_method_handler(
        answer, response_serializer=members_pb2.ListMembersResponse.SerializeToString
    )
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("bench.Echo", {"Echo": handler}),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        call = channel.unary_unary(ECHO, response_deserializer=members_pb2.ListMembersResponse.FromString)
        yield lambda: call(b"")
    await server.stop(None)


async def _cpu(platform: Platform, call: Any) -> list[tuple[str, float]]:
    """Milliseconds of a call, by process."""
    processes = platform.processes()
    before = cpu_seconds(processes)
    await interleaved(ROUNDS, call)
    used = cpu_seconds(processes)
    used.subtract(before)
    return [(name, 1e3 * seconds / ROUNDS) for name, seconds in used.most_common()]
