"""From the moment a tier ends by time alone to the new one being visible. Target: p99 below 5 s."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from chassis.database import Database, transactions
from segmentation.adapters.unit_of_work import SqlUnitOfWork
from segmentation.application.recompute_tiers import recompute_tiers
from segmentation.domain.policy import Tier

from .report import Figures, Report, against_target
from .running import Platform
from .timing import p50, p99

pytestmark = [pytest.mark.load, pytest.mark.timeout(900)]

MEMBERS = 100_000
TARGET_SECONDS = 5.0
PREPARATION = timedelta(seconds=150)
SPREADS = {"all at the same instant": 0.0, "spread over a minute": 60.0}

# Last heard of 30 days before being due; three messages and a group each, one in three bought once.
SEED = (
    """
    insert into members (tenant_id, member_id, external_reference, display_name, first_seen_at, last_seen_at)
    select $1, md5($2 || n)::uuid, $2 || n, '', $3::timestamptz - interval '60 days', $3
    from generate_series(1, $4) n
    """,
    """
    insert into memberships (tenant_id, member_id, group_id, joined_at, join_recorded)
    select $1, md5($2 || n)::uuid, md5($2 || n % 500)::uuid, $3::timestamptz - interval '60 days', true
    from generate_series(1, $4) n
    """,
    """
    insert into activities (tenant_id, activity_id, kind, member_id, occurred_at, source, amount_minor)
    select $1, md5($2 || n || '/' || ago)::uuid, 3, md5($2 || n)::uuid,
        $3::timestamptz + n * ($5::float8 / $4) * interval '1 second' - ago * interval '2 days', 'bench', 0
    from generate_series(1, $4) n, generate_series(0, 2) ago
    """,
    """
    insert into orders (tenant_id, source, reference, member_id, paid_at, paid_minor, refunded_minor)
    select $1, 'bench', $2 || n, md5($2 || n)::uuid, $3::timestamptz - interval '50 days', 9900, 0
    from generate_series(1, $4, 3) n
    """,
)
WAITING = "select count(*) from outbox"
DORMANT = f"select count(*) from member_tiers where tenant_id = $1 and tier = {Tier.DORMANT:d}"  # noqa: S608 constants


async def test_tiers_that_end_by_time_alone(platform: Platform, report: Report) -> None:
    table = Figures(
        "Tiers that end by time alone", ("members due", "p50 s", "p99 s", "last s", "target p99 < 5 s")
    )
    settings = {"search_path": "segmentation, public"}
    connection = await asyncpg.connect(platform.database_url, server_settings=settings)
    try:
        for name, seconds in SPREADS.items():
            lateness = await _lateness(platform, connection, name, seconds)
            reached = against_target(p99(lateness) < TARGET_SECONDS)
            table.row(
                f"{MEMBERS:,} {name}",
                f"{p50(lateness):.2f}",
                f"{p99(lateness):.2f}",
                f"{max(lateness):.2f}",
                reached,
            )
    finally:
        await connection.close()
    table.note(
        "from the instant a member is due to the new tier being seen by another connection, every 0.1 s"
    )
    table.note("the running segmentation, one process; every change with its history row and its event")
    report.add(table)


async def _lateness(
    platform: Platform, connection: asyncpg.Connection, run: str, seconds: float
) -> list[float]:
    """Seconds, of each member, in the order of being due, which is the order of being decided."""
    due_at = (datetime.now(UTC) + PREPARATION).replace(microsecond=0)
    await _seed(connection, platform, run, due_at, seconds)
    before = await connection.fetchval(DORMANT, platform.tenant_id)
    await _decide_for_the_first_time(platform)
    while await connection.fetchval(WAITING):  # noqa: ASYNC110 the relay of another process empties it
        await asyncio.sleep(0.5)
    assert datetime.now(UTC) < due_at, "preparing took too long: the first members are due already"
    return await _watch(connection, platform, before, due_at.timestamp(), seconds / MEMBERS)


async def _seed(
    connection: asyncpg.Connection, platform: Platform, run: str, due_at: datetime, seconds: float
) -> None:
    last_heard = due_at - timedelta(days=30)
    for statement in SEED:
        arguments = (platform.tenant_id, run, last_heard, MEMBERS, seconds)
        await connection.execute(statement, *(arguments if "$5" in statement else arguments[:4]))
    await connection.execute("analyze members, memberships, activities, orders, member_tiers")


async def _decide_for_the_first_time(platform: Platform) -> None:
    database = Database.connect(
        platform.service_url("segmentation"), "segmentation", pool_size=1, statement_seconds=120
    )
    try:
        async with transactions(database, SqlUnitOfWork)(platform.tenant_id) as uow:
            assert (await recompute_tiers(uow, datetime.now(UTC))).changed == MEMBERS
    finally:
        await database.dispose()


async def _watch(
    connection: asyncpg.Connection, platform: Platform, before: int, first_due: float, apart: float
) -> list[float]:
    lateness: list[float] = []
    while len(lateness) < MEMBERS:
        await asyncio.sleep(0.1)
        done = await connection.fetchval(DORMANT, platform.tenant_id) - before
        seen = time.time()
        lateness += [seen - (first_due + number * apart) for number in range(len(lateness) + 1, done + 1)]
    return lateness
