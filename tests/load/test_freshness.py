"""An activity is accepted → its member's tier, segments and the indicators of its group show it.

A thousand activities a second for a minute, through the bulk door, to all four consumers; among them, every
now and then, somebody who says three things in a group that is watched.
"""

from __future__ import annotations

import asyncio
import os
import time
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import httpx
import orjson
import psutil
import pytest

from chassis.identity import Caller, Signer, calling_as
from chassis.ids import derived_id, new_id
from chassis.rpc.client import ForwardedCredentials, open_channel
from quanzi.inbound.v1.activity_pb2 import ACTIVITY_KIND_MESSAGE
from quanzi.segmentation.v1 import segments_pb2, segments_pb2_grpc
from quanzi_local.intake.groups import register_group
from segmentation.domain.policy import Tier

from .report import Figures, Report, against_target
from .running import Platform
from .timing import p50, p99
from .traffic import group_references, synthetic
from .usage import cpu_seconds, machine_cpu_seconds

pytestmark = [pytest.mark.load, pytest.mark.timeout(600)]

TARGET_MS = 2_000.0
PER_SECOND, SECONDS = 1_000, 60
ROWS = 100
PROBE_EVERY = 2
GROUP, SAID = "bench-fresh", 3
_LOOK_EVERY = 0.01
_PATIENCE = 60.0

_TIERS = "select member_id from member_tiers where member_id = any($1::uuid[]) and tier = $2"
_MEMBERS = """
    select member_id from segment_members join segment_generations g using (tenant_id, segment_id)
    where member_id = any($1::uuid[]) and segment_id = $2 and g.number = generation and g.state = 1
"""
_SAID = "select coalesce(sum(messages), 0)::int from daily_facts where group_id = $1"


class Watch:
    """Looks again and again, as the service's own role, and notes when something is seen first."""

    def __init__(self, connection: asyncpg.Connection, group_id: UUID, segment_id: UUID) -> None:
        self._connection, self._group_id, self._segment_id = connection, group_id, segment_id
        self.accepted: dict[UUID, float] = {}
        self.seen: dict[str, dict[UUID, float]] = {"tier": {}, "segment": {}, "indicators": {}}
        self._probes: list[UUID] = []

    def expect(self, member_id: UUID) -> None:
        self._probes.append(member_id)

    async def run(self) -> None:
        while True:
            await self._look()
            await asyncio.sleep(_LOOK_EVERY)

    async def _look(self) -> None:
        missing = {name: [it for it in self._probes if it not in seen] for name, seen in self.seen.items()}
        if missing["tier"]:
            rows = await self._connection.fetch(_TIERS, missing["tier"], int(Tier.ACTIVE))
            self._note("tier", [row["member_id"] for row in rows])
        if missing["segment"]:
            rows = await self._connection.fetch(_MEMBERS, missing["segment"], self._segment_id)
            self._note("segment", [row["member_id"] for row in rows])
        if missing["indicators"]:
            said = await self._connection.fetchval(_SAID, self._group_id)
            self._note("indicators", self._probes[len(self.seen["indicators"]) : said // SAID])

    def _note(self, name: str, member_ids: list[UUID]) -> None:
        self.seen[name] |= dict.fromkeys(member_ids, time.perf_counter())

    @property
    def complete(self) -> bool:
        return all(len(seen) == len(self._probes) for seen in self.seen.values())

    def milliseconds(self, name: str) -> list[float]:
        seen = self.seen[name]
        return [max(0.0, 1e3 * (seen[it] - accepted)) for it, accepted in self.accepted.items()]


async def test_accepted_to_visible(platform: Platform, report: Report) -> None:
    run = f"fresh-{datetime.now(UTC):%H%M%S}"
    async with platform.client() as client:
        for reference in (*group_references(), GROUP):
            await register_group(client, reference, reference)
        segment_id = await _segment(platform, run)
        connection = await asyncpg.connect(
            platform.service_url("segmentation"), server_settings={"search_path": "segmentation"}
        )
        await connection.execute("select set_config('quanzi.tenant_id', $1, false)", str(platform.tenant_id))
        watch = Watch(connection, derived_id(platform.tenant_id, "group", GROUP), segment_id)
        watching = asyncio.create_task(watch.run())
        processes = {**platform.processes(), "load generator": psutil.Process()}
        used, machine_used, began = cpu_seconds(processes), machine_cpu_seconds(), time.perf_counter()
        offered = await _offer(platform, client, watch, run)
        async with asyncio.timeout(_PATIENCE):
            while not watch.complete:  # noqa: ASYNC110 what is awaited happens in other processes
                await asyncio.sleep(0.1)
        seconds = time.perf_counter() - began
        ours = cpu_seconds(processes).total() - used.total()
        foreign = max(0.0, machine_cpu_seconds() - machine_used - ours) / seconds
        watching.cancel()
        await connection.close()

    table = Figures("Freshness: accepted → visible", ("", "p50 ms", "p99 ms", "most ms"))
    worst = 0.0
    for name in watch.seen:
        durations = watch.milliseconds(name)
        worst = max(worst, p99(durations))
        table.row(name, f"{p50(durations):.0f}", f"{p99(durations):.0f}", f"{max(durations):.0f}")
    table.note(f"target p99 < {TARGET_MS:.0f} ms: {against_target(worst < TARGET_MS)}")
    table.note(
        f"{offered:,.0f} activities a second for {SECONDS} s, {len(watch.accepted)} of the members watched; "
        f"looked for every {1e3 * _LOOK_EVERY:.0f} ms, load generator on the same cores"
    )
    table.note(
        f"ours kept {ours / seconds:.1f} and programs that are not ours {foreign:.1f} of the "
        f"{os.cpu_count()} cores busy meanwhile"
    )
    report.add(table)


async def _segment(platform: Platform, name: str) -> UUID:
    """Who wrote at least three messages within a day; shown once its first members are worked out."""
    signer = Signer.from_file("gateway", platform.home.secrets / "gateway.pem")
    caller = Caller(platform.tenant_id, "bench", frozenset({"admin"}), "gateway")
    talkative = segments_pb2.ActivitiesTest(
        kinds=[ACTIVITY_KIND_MESSAGE], within_days=1, count=segments_pb2.IntRange(min=SAID)
    )
    request = segments_pb2.CreateSegmentRequest(
        idempotency_key=str(new_id()), name=name, condition=segments_pb2.Condition(activities=talkative)
    )
    async with open_channel(platform.addresses["segmentation"], ForwardedCredentials(signer)) as channel:
        stub = segments_pb2_grpc.SegmentServiceStub(channel)
        with calling_as(caller):
            segment_id = (await stub.CreateSegment(request)).segment.id
            wanted = segments_pb2.BatchGetSegmentsRequest(ids=[segment_id])
            async with asyncio.timeout(_PATIENCE):
                while await _status(stub, wanted) != segments_pb2.SEGMENT_STATUS_LIVE:  # noqa: ASYNC110
                    await asyncio.sleep(0.2)
    return UUID(segment_id)


async def _status(
    stub: segments_pb2_grpc.SegmentServiceStub, wanted: segments_pb2.BatchGetSegmentsRequest
) -> segments_pb2.SegmentStatus.ValueType:
    return (await stub.BatchGetSegments(wanted)).segments[0].status


async def _offer(platform: Platform, client: httpx.AsyncClient, watch: Watch, run: str) -> float:
    """Activities a second that were accepted; at an even pace, whatever the answers take."""
    rows = synthetic(PER_SECOND * SECONDS, run, datetime.now(UTC))
    requests = [rows[start : start + ROWS] for start in range(0, len(rows), ROWS)]
    began = time.perf_counter()
    sending: list[asyncio.Task[None]] = []
    for number, chosen in enumerate(requests):
        await asyncio.sleep(max(0.0, began + number * ROWS / PER_SECOND - time.perf_counter()))
        probe = None
        if number % PROBE_EVERY == 0:
            member = f"{run}-{number}"
            probe = derived_id(platform.tenant_id, "member", member)
            chosen = [*chosen, *_probe(member, run)]
            watch.expect(probe)
        sending.append(asyncio.create_task(_send(client, chosen, probe, watch)))
    await asyncio.gather(*sending)
    return len(rows) / (time.perf_counter() - began)


def _probe(member: str, run: str) -> list[dict[str, object]]:
    now = datetime.now(UTC).isoformat()
    row = {
        "kind": "message",
        "source": run,
        "member": member,
        "group": GROUP,
        "text": "早",
        "occurred_at": now,
    }
    return [{**row, "source_id": f"{member}-{number}"} for number in range(SAID)]


async def _send(
    client: httpx.AsyncClient, rows: list[dict[str, object]], probe: UUID | None, watch: Watch
) -> None:
    body = b"\n".join(map(orjson.dumps, rows))
    headers = {"content-type": "application/x-ndjson"}
    response = await client.post("/v1/activities", content=body, headers=headers)
    accepted = time.perf_counter()
    told = orjson.loads(response.content.splitlines()[-1])
    assert (response.status_code, told["accepted"]) == (200, len(rows)), response.text
    if probe:
        watch.accepted[probe] = accepted
