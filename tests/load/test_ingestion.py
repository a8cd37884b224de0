"""Gateway accepted → segmentation, risk, support, campaigns caught up. Target: 5,000 activities a second."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import httpx
import psycopg
import pytest
from nats.aio.client import Client

from quanzi_local.connections import nats_client
from quanzi_local.intake.groups import register_group

from . import raw_limits
from .ingestion import Ingestion, ingest
from .report import Figures, Report, against_target, ratio
from .running import Platform
from .traffic import GROUP_CHAT, bodies, group_chat, group_references, synthetic

pytestmark = [pytest.mark.load, pytest.mark.timeout(900)]

TARGET = 5_000
COUNT = int(os.environ.get("QUANZI_BENCH_ACTIVITIES", "60000"))
WARM_UP = 3_000


async def test_synthetic_activities(platform: Platform, report: Report) -> None:
    now = datetime.now(UTC)
    async with platform.client() as client:
        await _register(client, group_references())
    warm_up = synthetic(WARM_UP, f"warm-{now:%H%M%S}", now)
    rows = synthetic(COUNT, f"run-{now:%H%M%S}", now)
    async with nats_client(platform.nats) as connection:
        await ingest(platform, connection, bodies(warm_up))
        done = await ingest(platform, connection, bodies(rows))
        assert (done.accepted, done.rejected) == (len(rows), 0)
        _check_recorded(platform, WARM_UP + len(rows), "bench-%-" + f"{now:%H%M%S}")
        await _tell(platform, report, done, connection, f"{len(rows):,} synthetic activities")


async def test_real_group_chat(platform: Platform, report: Report) -> None:
    try:
        rows = group_chat()
    except FileNotFoundError:
        pytest.skip(f"the real group chat is not at {GROUP_CHAT}")
    async with platform.client() as client:
        await _register(client, sorted({row["group"] for row in rows}))
    async with nats_client(platform.nats) as connection:
        done = await ingest(platform, connection, bodies(rows))
        assert done.accepted + done.rejected == len(rows)
        _check_recorded(platform, done.accepted, "bench-chat")
        await _tell(platform, report, done, connection, f"{len(rows):,} activities of a real group chat")


async def _tell(
    platform: Platform,
    report: Report,
    done: Ingestion,
    connection: Client,
    what: str,
) -> None:
    count = done.accepted
    envelopes = await raw_limits.envelopes_of(connection, done.first_sequence, done.last_sequence)
    publishing = count / await raw_limits.publish(connection, envelopes)
    pulling = count / await raw_limits.pull(connection, len(envelopes))
    speeds = Figures(f"Ingestion: {what}", ("", "activities/s", "ours ÷ this"))
    speeds.row("accepted → all four consumers caught up", f"{done.per_second:,.0f}", "1.00")
    speeds.row("accepted by the gateway, meanwhile", f"{count / done.accepting:,.0f}", "")
    cores = os.cpu_count() or 1
    speeds.row(
        f"what {cores} idle cores allow at this CPU cost", f"{cores * count / done.cpu_total:,.0f}", ""
    )
    for name, speed in (
        ("raw: publish the same envelopes, 64 in flight", publishing),
        ("raw: one consumer that only acknowledges", pulling),
        ("raw: COPY of segmentation's rows, no index", raw_limits.copy(platform.database_url, indexed=False)),
        (
            "raw: COPY of segmentation's rows, its indexes",
            raw_limits.copy(platform.database_url, indexed=True),
        ),
    ):
        speeds.row(name, f"{speed:,.0f}", ratio(done.per_second, speed))
    speeds.note(f"target {TARGET:,} a second: {against_target(done.per_second >= TARGET)}")
    speeds.note(
        f"{len(envelopes):,} envelopes; {done.rejected:,} rows refused; load generator on the same cores"
    )
    speeds.note(
        f"programs that are not ours kept {done.foreign_cores:.1f} of the {cores} cores busy meanwhile"
    )
    report.add(speeds)

    cpu = Figures(f"Where the CPU goes: {what}", ("process", "CPU s", "µs an activity", "share"))
    for name, seconds in done.cpu.most_common():
        if seconds > 0.005 * done.cpu_total:
            cpu.row(name, f"{seconds:.2f}", f"{1e6 * seconds / count:.1f}", f"{seconds / done.cpu_total:.0%}")
    cpu.row("all", f"{done.cpu_total:.2f}", f"{1e6 * done.cpu_total / count:.1f}", "100%")
    cpu.note(f"{TARGET:,} a second on {cores} cores allow {1e6 * cores / TARGET:.0f} µs an activity")
    report.add(cpu)


def _check_recorded(platform: Platform, expected: int, source: str) -> None:
    """Caught up means recorded, not only acknowledged."""
    with psycopg.connect(platform.database_url) as connection:
        query = "select count(*) from segmentation.activities where source like %s"
        recorded = connection.execute(query, [source]).fetchone()
    assert recorded == (expected,)


async def _register(client: httpx.AsyncClient, references: list[str]) -> None:
    for reference in references:
        await register_group(client, reference, reference)
