"""A brand of many members: bulk load, tiers of all, indicators, segments, each beside its raw limit.

QUANZI_BENCH_MEMBERS: sizes, the largest last ("100000,1000000" unless told: about half an hour). Plans are
written to docs/plans by runs of a million.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import cast
from uuid import UUID

import psutil
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.database import Database, transactions
from chassis.ids import derived_id
from chassis.paging import PageRequest
from chassis.testbed import tenants
from segmentation.adapters.unit_of_work import SqlUnitOfWork
from segmentation.application.judge_groups import judge_groups
from segmentation.application.measure_groups import measure_groups
from segmentation.application.measure_tenant import measure_tenant
from segmentation.application.ports import MemberFilter, Transactions
from segmentation.application.preview_segment import preview_segment
from segmentation.application.rank_groups import rank_groups
from segmentation.application.record_activities import record_activities
from segmentation.application.redecide_due_tiers import redecide_due_tiers
from segmentation.domain import conditions as say
from segmentation.domain.indicator_policy import IndicatorKind
from segmentation.domain.policy import Tier, TierPolicy
from segmentation.entrypoints.history_rows import RowReader

from .brands import Brand, mib, new_brand
from .history import MEMBERS_PER_GROUP, write_history
from .plans import Explaining, write_plans
from .report import Figures, Report, against_target
from .scale_raw import THREADS, TierRates, copy_rates, export_tiers, tiers_beside
from .timing import p50, p99

pytestmark = [pytest.mark.load, pytest.mark.timeout(3_600)]

SIZES = [int(size) for size in os.environ.get("QUANZI_BENCH_MEMBERS", "100000,1000000").split(",")]
TIERS_TARGET, INDICATORS_MS, PREVIEW_MS = 5.0, 100.0, 1_000.0
PLANS_FROM = int(os.environ.get("QUANZI_BENCH_PLANS_FROM", "1000000"))
_ASKED, _WARM_UP, _PREVIEWS, _OF_ALL = 300, 20, 7, 20
_BASE = TierPolicy()
_MOVES_FEW = replace(_BASE, version=1, active_interactions=4, vip_net_spend_minor=450_000)
_MOVES_MANY = replace(
    _BASE, version=1, active_interactions=1, dormant_after_days=21, vip_net_spend_minor=200_000
)


@dataclass(frozen=True, slots=True)
class Recomputed:
    """All members by another policy; `deciding`, `sweep`: seconds alone, and with storing and telling."""

    deciding: float
    sweep: float
    changed: int
    mib: float
    beside: TierRates


@dataclass
class Scale:
    """Figures of one size; seconds, rows a second, milliseconds, MiB."""

    members: int
    rows: int = 0
    loading: float = 0.0
    settling: float = 0.0
    copy_bare: float = 0.0
    copy_indexed: float = 0.0
    few: Recomputed | None = None
    many: Recomputed | None = None
    anew: float = 0.0
    loader_mib: list[float] = field(default_factory=list)
    indicators: list[float] = field(default_factory=list)
    indicators_again: list[float] = field(default_factory=list)
    of_all: dict[str, list[float]] = field(default_factory=dict)
    previews: list[float] = field(default_factory=list)
    year_previews: list[float] = field(default_factory=list)

    @property
    def load_rate(self) -> float:
        return self.rows / self.loading


async def test_scale(report: Report) -> None:
    measured = [await _measure(size) for size in SIZES]
    report.add(_loading(measured))
    report.add(_tiers(measured))
    report.add(_questions(measured))


async def _measure(members: int) -> Scale:
    scale = Scale(members)
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    with new_brand() as brand:
        database = Database.connect(brand.url, "segmentation", 2, statement_seconds=1_800)
        await tenants.register(database, brand.tenant_id)
        scale.rows = write_history(brand.folder / "history.parquet", members, now)
        _load(brand, scale)
        _tell(
            scale, f"loaded {scale.rows:,} rows in {scale.loading:.0f} s, settled in {scale.settling:.0f} s"
        )
        brand.ask("vacuum analyze")
        within = transactions(database, SqlUnitOfWork)
        await _recompute(brand, within, scale, now)
        brand.ask("vacuum analyze")
        groups = [
            derived_id(brand.tenant_id, "group", f"g{it}") for it in range(members // MEMBERS_PER_GROUP or 1)
        ]
        await _ask(brand, within, scale, groups, now)
        if members >= PLANS_FROM:
            await _explain(brand, database, scale, groups, now)
        await database.dispose()
        scale.copy_bare, scale.copy_indexed = copy_rates(brand.admin_url, brand.folder)
        _tell(scale, f"COPY {scale.copy_bare:,.0f}/s bare, {scale.copy_indexed:,.0f}/s indexed")
    return scale


def _load(brand: Brand, scale: Scale) -> None:
    """By the command an operator uses, in a process of its own, watched."""
    command = [sys.executable, "-m", "segmentation.load_history", "--tenant", str(brand.tenant_id)]
    environment = os.environ | {"QUANZI_DATABASE_URL": brand.url}
    told = brand.folder / "load.out"
    with told.open("w") as output:
        loader = subprocess.Popen(
            [*command, str(brand.folder / "history.parquet")], env=environment, stdout=output, stderr=output
        )
        process = psutil.Process(loader.pid)
        while loader.poll() is None:
            scale.loader_mib.append(mib(process))
            time.sleep(0.5)
    assert loader.returncode == 0, told.read_text()
    scale.loading, scale.settling = map(float, re.findall(r"in ([\d.]+) s$", told.read_text(), re.MULTILINE))


async def _recompute(brand: Brand, within: Transactions, scale: Scale, now: datetime) -> None:
    """By a policy that moves few, by one that moves many, then back from what members did alone."""
    async with within(brand.tenant_id) as uow:
        await uow.tier_sweep.anew(_BASE, now)  # the load decided a moment later
    held = export_tiers(brand.admin_url, brand.folder / "held.csv")
    scale.few = await _by(_MOVES_FEW, brand, within, now, held)
    async with within(brand.tenant_id) as uow:
        await uow.tier_sweep.all(_BASE, _MOVES_FEW, now)
    brand.ask("vacuum analyze")
    scale.many = await _by(_MOVES_MANY, brand, within, now, held)
    began = time.perf_counter()
    async with within(brand.tenant_id) as uow:
        swept = await uow.tier_sweep.anew(_BASE, now)
    scale.anew = time.perf_counter() - began
    assert swept.changed == scale.many.changed
    _tell(scale, f"tiers: {scale.few}; {scale.many}; anew {scale.anew:.2f} s")


async def _by(
    policy: TierPolicy, brand: Brand, within: Transactions, now: datetime, held: Path
) -> Recomputed:
    before = mib(psutil.Process())
    began = time.perf_counter()
    async with within(brand.tenant_id) as uow:
        await uow.tier_sweep.preview(policy, now)
    deciding = time.perf_counter() - began
    began = time.perf_counter()
    async with within(brand.tenant_id) as uow:
        swept = await uow.tier_sweep.all(policy, _BASE, now)
    sweep = time.perf_counter() - began
    grown = mib(psutil.Process()) - before
    beside = tiers_beside(brand.admin_url, brand.folder, policy, now, held)
    assert (beside.changed, beside.differing) == (swept.changed, 0)
    return Recomputed(deciding, sweep, swept.changed, grown, beside)


async def _ask(brand: Brand, within: Transactions, scale: Scale, groups: list[UUID], now: datetime) -> None:
    chance = random.Random(scale.members)
    first, last = (now - timedelta(days=30)).date(), now.date() - timedelta(days=1)
    for _ in range(_WARM_UP):
        await _ask_about(chance.choice(groups), brand, within, first, last, now)
    asked = [chance.choice(groups) for _ in range(_ASKED)]
    for measured in (scale.indicators, scale.indicators_again):
        for group in asked:
            measured.append(await _ask_about(group, brand, within, first, last, now))
    await _ask_of_all(brand, within, scale, now)
    for days, previews in ((30, scale.previews), (365, scale.year_previews)):
        for _ in range(_PREVIEWS):
            began = time.perf_counter()
            async with within(brand.tenant_id) as uow:
                preview = await preview_segment(uow, _five(days, groups), 20, now)
            previews.append(1e3 * (time.perf_counter() - began))
        assert 0 < preview.members < preview.of_members
    told = f"{median(scale.previews):.0f} ms over 30 days, {median(scale.year_previews):.0f} over 365"
    _tell(scale, f"indicators p99 {p99(scale.indicators):.1f} ms, preview {told}")


async def _ask_of_all(brand: Brand, within: Transactions, scale: Scale, now: datetime) -> None:
    """What looks at all groups; judged again, only what changed is stored."""
    first, last = (now - timedelta(days=30)).date(), now.date() - timedelta(days=1)
    asked: dict[str, Callable[[SqlUnitOfWork], Awaitable[object]]] = {
        "indicators of the tenant over 30 days": lambda uow: measure_tenant(uow, first, last, now),
        "league by click rate over 30 days": lambda uow: rank_groups(
            uow, IndicatorKind.CLICK_RATE, first, last, now
        ),
        "all groups judged": lambda uow: judge_groups(uow, now),
    }
    for name, use in asked.items():
        took = scale.of_all[name] = []
        for _ in range(1 + _OF_ALL):
            began = time.perf_counter()
            async with within(brand.tenant_id) as uow:
                await use(uow)
            took.append(1e3 * (time.perf_counter() - began))
        del took[0]
        _tell(scale, f"{name}: median {median(took):.0f} ms, p99 {p99(took):.0f}")


async def _ask_about(
    group: UUID, brand: Brand, within: Transactions, first: date, last: date, now: datetime
) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    async with within(brand.tenant_id) as uow:
        await measure_groups(uow, [group], first, last, now)
    return 1e3 * (time.perf_counter() - began)


def _five(days: int, groups: list[UUID]) -> say.Condition:
    """Tier, orders, interactions, first seen, groups."""
    return say.AllOf(
        (
            say.TierTest((Tier.VIP, Tier.ACTIVE, Tier.PROSPECT, Tier.REGULAR)),
            say.OrdersTest(say.OrderMeasure.COUNT, days, say.IntRange(1, None)),
            say.ActivitiesTest((), days, None, say.IntRange(1, None)),
            say.SeenTest(say.Sight.FIRST, say.IntRange(7, None)),
            say.Not(say.GroupTest(tuple(groups[:3]))),
        )
    )


async def _explain(brand: Brand, database: Database, scale: Scale, groups: list[UUID], now: datetime) -> None:
    """Each by the use case that asks, in a transaction that is undone."""
    first, last = (now - timedelta(days=30)).date(), now.date() - timedelta(days=1)
    reading = RowReader(brand.tenant_id, "CNY", now, None)
    for number in range(3_000):
        member, group = number * 37 % scale.members, number % len(groups)
        acts = {"kind": "message", "source": "plans", "source_id": str(number), "member": f"m{member}"}
        reading.read({**acts, "group": f"g{group}", "occurred_at": now})
    page = PageRequest(50)
    member = derived_id(brand.tenant_id, "member", "m1")
    hot: dict[str, Callable[[SqlUnitOfWork], Awaitable[object]]] = {
        "record-activities": lambda uow: record_activities(uow, reading.columns, now),
        "redecide-due-tiers": lambda uow: redecide_due_tiers(uow, now + timedelta(hours=2)),
        "recompute-tiers": lambda uow: uow.tier_sweep.anew(_MOVES_MANY, now),
        "group-indicators": lambda uow: measure_groups(uow, groups[:1], first, last, now),
        "tenant-indicators": lambda uow: measure_tenant(uow, first, last, now),
        "league": lambda uow: rank_groups(uow, IndicatorKind.CLICK_RATE, first, last, now),
        "preview-segment": lambda uow: preview_segment(uow, _five(30, groups), 20, now),
        "list-members": lambda uow: uow.members.page(page, MemberFilter(), now),
        "member-trail": lambda uow: uow.activities.of_member(member, page),
        "tier-history": lambda uow: uow.tiers.histories([member], page),
    }
    for name, use in hot.items():
        with contextlib.suppress(_UndoneError):
            async with database.session(brand.tenant_id) as session:
                explaining = Explaining(session.connection)
                session.connection = cast(AsyncConnection, explaining)
                await use(SqlUnitOfWork(session))
                write_plans(name, f"{name}: {scale.members:,} members, {scale.rows:,} activities", explaining)
                raise _UndoneError


class _UndoneError(Exception):
    """Nothing of it is kept."""


def _loading(measured: list[Scale]) -> Figures:
    table = Figures("Scale: a history loaded", ("", *(f"{it.members:,} members" for it in measured)))
    table.row("activities, half of them orders", *(f"{it.rows:,}" for it in measured))
    table.row("loaded, rows/s", *(f"{it.load_rate:,.0f}" for it in measured))
    table.row("stays, tiers and their events, s", *(f"{it.settling:.1f}" for it in measured))
    table.row("raw: COPY of the activities, no index, rows/s", *(f"{it.copy_bare:,.0f}" for it in measured))
    table.row(
        "raw: COPY of the activities, their indexes, rows/s", *(f"{it.copy_indexed:,.0f}" for it in measured)
    )
    table.row("loaded ÷ COPY with indexes", *(f"{it.load_rate / it.copy_indexed:.2f}" for it in measured))
    table.row(
        "loader, MiB: middle, most",
        *(f"{median(it.loader_mib):.0f}, {max(it.loader_mib):.0f}" for it in measured),
    )
    return table


def _tiers(measured: list[Scale]) -> Figures:
    table = Figures("Scale: all tiers decided anew", ("", *(f"{it.members:,} members" for it in measured)))
    for title in ("few", "many"):
        _recomputed(table, f"a policy that moves {title}", [getattr(it, title) for it in measured])
    table.row("back from the last, by what members did alone, s", *(f"{it.anew:.2f}" for it in measured))
    for stored, ratio in (("tiers and history", _ratio), ("all that ours does", _whole_ratio)):
        reached = []
        for title in ("few", "many"):
            most = max(ratio(getattr(it, title)) for it in measured)
            reached.append(f"moving {title} {against_target(most <= TIERS_TARGET)}")
        table.note(f"target at most {TIERS_TARGET:.0f} × DuckDB that stores {stored}: {', '.join(reached)}")
    table.note("all that ours does: also when each tier ends, the reason, and the event of every change")
    table.note("no member is in another tier than DuckDB says")
    return table


def _recomputed(table: Figures, policy: str, ours: list[Recomputed]) -> None:
    table.row(f"{policy}: members who changed tier", *(f"{it.changed:,}" for it in ours))
    table.row("decided alone (a preview of it), s", *(f"{it.deciding:.2f}" for it in ours))
    table.row("decided, stored, told, s", *(f"{it.sweep:.2f}" for it in ours))
    for threads in THREADS:
        ducks = [it.beside.duckdb[threads] for it in ours]
        title = f"raw: DuckDB, {threads} thread{'s' if threads > 1 else ''}"
        table.row(f"{title}: decides, s", *(f"{it.decides:.2f}" for it in ducks))
        table.row(f"{title}: decides and stores tiers and history, s", *(f"{it.stores:.2f}" for it in ducks))
        table.row(f"{title}: stores all that ours does, s", *(f"{it.tells:.2f}" for it in ducks))
    table.row("raw: PostgreSQL decides, stores nothing, s", *(f"{it.beside.plain:.2f}" for it in ours))
    table.row("ours ÷ DuckDB, deciding alone", *(f"{_deciding_ratio(it):.1f}" for it in ours))
    table.row("ours ÷ DuckDB that stores tiers and history", *(f"{_ratio(it):.1f}" for it in ours))
    table.row("ours ÷ DuckDB that stores all that ours does", *(f"{_whole_ratio(it):.1f}" for it in ours))
    table.row("memory of the process meanwhile, MiB", *(f"{it.mib:+.1f}" for it in ours))


def _ratio(recomputed: Recomputed) -> float:
    return recomputed.sweep / recomputed.beside.duckdb[THREADS[0]].stores


def _whole_ratio(recomputed: Recomputed) -> float:
    return recomputed.sweep / recomputed.beside.duckdb[THREADS[0]].tells


def _deciding_ratio(recomputed: Recomputed) -> float:
    return recomputed.deciding / recomputed.beside.duckdb[THREADS[0]].decides


def _questions(measured: list[Scale]) -> Figures:
    table = Figures("Scale: questions", ("", *(f"{it.members:,} members" for it in measured)))
    for title, asked in (("first asked", "indicators"), ("asked again", "indicators_again")):
        rounds = [getattr(it, asked) for it in measured]
        title = f"indicators of a group over 30 days, {title}, p50 and p99 ms"
        table.row(title, *(f"{p50(it):.1f}, {p99(it):.1f}" for it in rounds))
    for name in measured[-1].of_all:
        figures = [it.of_all[name] for it in measured]
        table.row(f"{name}, p50 and p99 ms", *(f"{p50(it):.0f}, {p99(it):.0f}" for it in figures))
    for days, previews in (("30", "previews"), ("365", "year_previews")):
        title = f"segment of 5 conditions over {days} days previewed, median ms"
        table.row(title, *(f"{median(getattr(it, previews)):.0f}" for it in measured))
    largest = measured[-1]
    rounds = largest.indicators, largest.indicators_again
    reached = ", ".join(against_target(p99(it) < INDICATORS_MS) for it in rounds)
    table.note(f"target for indicators p99 < {INDICATORS_MS:.0f} ms, first asked and again: {reached}")
    reached = median(largest.previews) < PREVIEW_MS
    table.note(f"target for the preview over 30 days < {PREVIEW_MS:.0f} ms: {against_target(reached)}")
    return table


def _tell(scale: Scale, text: str) -> None:
    print(f"{scale.members:,} members: {text}", flush=True)
