"""A nightly fit of a large brand: orders to models, models to predictions of everybody.

QUANZI_BENCH_BUYERS: members of the brands ("20000,100000" unless told: about a minute). Five orders a member,
skewed. Nobody has analysed the tables, as after a load; then once more with what the planner knows by then.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from subprocess import Popen
from typing import Any

import psutil
import psycopg
import pytest

from chassis.database import Database, transactions
from chassis.testbed import tenants
from segmentation.adapters.forecaster import WorkerForecast, WorkerForecaster
from segmentation.adapters.unit_of_work import SqlUnitOfWork
from segmentation.application.fit_predictions import fit_predictions
from segmentation.domain.predictions import FitStatus, PredictionModel

from .brands import Brand, mib, new_brand
from .report import Figures, Report

pytestmark = [pytest.mark.load, pytest.mark.timeout(1_200)]

SIZES = [int(size) for size in os.environ.get("QUANZI_BENCH_BUYERS", "20000,100000").split(",")]
ORDERS_PER_MEMBER = 5
_MEMBERS = """
    insert into segmentation.members
        (tenant_id, member_id, external_reference, display_name, first_seen_at, last_seen_at)
    select %(tenant)s, md5(number::text)::uuid, 'm' || number, '', now() - interval '1 year', now()
    from generate_series(1, %(members)s) as number
"""
_STAYS = """
    insert into segmentation.memberships (tenant_id, member_id, group_id, joined_at, join_recorded)
    select tenant_id, member_id, md5('group ' || mod(hashtext(external_reference), %(members)s / 500))::uuid,
        first_seen_at, true
    from segmentation.members
"""
_TIERS = """
    insert into segmentation.member_tiers
        (tenant_id, member_id, tier, assigned_at, joined_at, paid_orders, reason)
    select tenant_id, member_id, 1 + abs(mod(hashtext(external_reference), 5)), now(), first_seen_at, 0, '{}'
    from segmentation.members
"""
_ORDERS = """
    insert into segmentation.orders
        (tenant_id, source, reference, member_id, paid_at, paid_minor, refunded_minor)
    select %(tenant)s, 'bench', number::text, md5((1 + floor(%(members)s * random() ^ 1.7)::int)::text)::uuid,
        now() - random() * interval '1 year', 990 + floor(random() * 59000), 0
    from generate_series(1, %(orders)s) as number
"""
_GROUPED = """
    select count(*) from (
        select member_id, cast(paid_at as date), sum(paid_minor) from segmentation.orders group by 1, 2
    ) as daily
"""


@dataclass
class Run:
    """Of one fit: seconds in all and by what the worker did; MiB."""

    seconds: float = 0.0
    worker_seconds: Counter[str] = field(default_factory=Counter)
    service_mib: float = 0.0
    worker_mib: float = 0.0


@dataclass
class Measured:
    members: int
    model: PredictionModel
    unanalysed: Run
    analysed: Run
    raw_seconds: float


class Watched(WorkerForecast):
    """Tells the run how long the worker took, and how large both processes were after each answer."""

    def __init__(self, worker: Popen[bytes], run: Run) -> None:
        super().__init__(worker)
        self._run = run

    async def _ask(self, method: str, **arguments: Any) -> Any:
        began = time.perf_counter()
        answer = await super()._ask(method, **arguments)
        self._run.worker_seconds[method] += time.perf_counter() - began
        self._run.service_mib = max(self._run.service_mib, mib(psutil.Process()))
        self._run.worker_mib = max(self._run.worker_mib, mib(psutil.Process(self._worker.pid)))
        return answer


class Watching(WorkerForecaster):
    def __init__(self, run: Run) -> None:
        super().__init__()
        self._run = run

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[WorkerForecast]:
        async with super().begin() as forecast:
            yield Watched(forecast._worker, self._run)


async def test_predictions(report: Report) -> None:
    measured = [await _measure(members) for members in SIZES]
    table = Figures("Predictions: one fit", ("", *(f"{it.members:,} members" for it in measured)))
    table.row("orders", *(f"{it.members * ORDERS_PER_MEMBER:,}" for it in measured))
    table.row("buyers", *(f"{it.model.counts.buyers:,}" for it in measured))
    for name, method in (("three models fitted, s", "fit"), ("everybody predicted, s", "predict")):
        table.row(name, *(f"{it.unanalysed.worker_seconds[method]:.1f}" for it in measured))
    table.row("all, from orders to what is in force, s", *(f"{it.unanalysed.seconds:.1f}" for it in measured))
    table.row("members/s", *(f"{it.members / it.unanalysed.seconds:,.0f}" for it in measured))
    table.row("all, once the tables are analysed, s", *(f"{it.analysed.seconds:.1f}" for it in measured))
    table.row(
        "raw: orders grouped by member and day in one statement, s",
        *(f"{it.raw_seconds:.1f}" for it in measured),
    )
    table.row("the process that asks, MiB", *(f"{it.unanalysed.service_mib:.0f}" for it in measured))
    table.row("the worker, MiB", *(f"{it.unanalysed.worker_mib:.0f}" for it in measured))
    table.note(
        "models of orders, of values and of the back-test, fitted to 50,000 buyers at most; worker at nice 10"
    )
    report.add(table)


async def _measure(members: int) -> Measured:
    with new_brand(autovacuum="off") as brand:
        database = Database.connect(brand.url, "segmentation", 2)
        await tenants.register(database, brand.tenant_id)
        _fill(brand, members)
        model, unanalysed = await _fit(brand, database)
        brand.ask("vacuum analyze")
        _, analysed = await _fit(brand, database)
        began = time.perf_counter()
        brand.ask(_GROUPED)
        raw_seconds = time.perf_counter() - began
        await database.dispose()
    return Measured(members, model, unanalysed, analysed, raw_seconds)


def _fill(brand: Brand, members: int) -> None:
    size = {"tenant": brand.tenant_id, "members": members, "orders": members * ORDERS_PER_MEMBER}
    with psycopg.connect(brand.admin_url) as connection:
        connection.execute("select setseed(0.7)")
        for statement in (_MEMBERS, _STAYS, _TIERS, _ORDERS):
            connection.execute(statement, size)


async def _fit(brand: Brand, database: Database) -> tuple[PredictionModel, Run]:
    run, within = Run(), transactions(database, SqlUnitOfWork)
    began = time.perf_counter()
    model = await fit_predictions(within, Watching(run), brand.tenant_id, datetime.now(UTC))
    run.seconds = time.perf_counter() - began
    assert model.status is FitStatus.FITTED
    assert model.predicted == model.counts.buyers
    return model, run
