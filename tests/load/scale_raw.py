"""The same rows at their raw limits: COPY into PostgreSQL; the same tiers by DuckDB and by a plain query."""

# ruff: noqa: S608 constants only
from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import psycopg

from segmentation.domain.activity import INTERACTIONS
from segmentation.domain.policy import Tier, TierPolicy

_BLOCK = 1 << 20
_COPIED_ROWS = 2_000_000
THREADS = (2, 1)
_COPIED = (
    "tenant_id, activity_id, kind, member_id, group_id, occurred_at, source, amount_minor, order_reference"
)
_TABLES = {
    "members": "member_id, first_seen_at",
    "memberships": "member_id, joined_at",
    "orders": "member_id, paid_at, paid_minor, refunded_minor",
    "activities": "member_id, kind, occurred_at",
    "member_tiers": "member_id, tier",
}
_TYPES = {
    "member_id": "uuid",
    "kind": "tinyint",
    "tier": "tinyint",
    "paid_minor": "bigint",
    "refunded_minor": "bigint",
}


def copy_rates(admin_url: str, folder: Path) -> tuple[float, float]:
    """Rows a second of a COPY of activities into an empty table: bare, and with their indexes."""
    file = folder / "activities.copy"
    with psycopg.connect(admin_url, options="-c search_path=segmentation") as connection:
        query = f"copy (select {_COPIED} from activities limit {_COPIED_ROWS}) to stdout"
        with connection.cursor().copy(query) as out, file.open("wb") as stored:
            stored.writelines(out)
        return _copied(connection, file, ""), _copied(connection, file, "including indexes")


def _copied(connection: psycopg.Connection, file: Path, like: str) -> float:
    cursor = connection.execute(f"create table bench_copy (like activities {like})")
    connection.commit()
    began = time.perf_counter()
    with cursor.copy(f"copy bench_copy ({_COPIED}) from stdin") as into, file.open("rb") as stored:
        while block := stored.read(_BLOCK):
            into.write(block)
    connection.commit()
    seconds = time.perf_counter() - began
    [count] = connection.execute("select count(*) from bench_copy").fetchone() or (0,)
    connection.execute("drop table bench_copy")
    connection.commit()
    return float(count / seconds)


@dataclass(frozen=True, slots=True)
class Duck:
    """Seconds of DuckDB with so many threads; `stores` is with the decisions."""

    decides: float
    stores: float
    changed: int


@dataclass(frozen=True, slots=True)
class TierRates:
    """By threads of DuckDB; `plain`: seconds of PostgreSQL to decide every tier."""

    duckdb: Mapping[int, Duck]
    plain: float
    differing: int

    @property
    def changed(self) -> int:
        return self.duckdb[THREADS[0]].changed


def tiers_beside(admin_url: str, folder: Path, policy: TierPolicy, now: datetime, held: Path) -> TierRates:
    """From the same rows. `held`: who had which tier before; `differing`: members we decided otherwise."""
    database = folder / "tiers.duckdb"
    database.unlink(missing_ok=True)
    with duckdb.connect(database) as duck:
        for table, file in {**dict(_exported(admin_url, folder)), "held": held}.items():
            names = _TABLES.get(table, _TABLES["member_tiers"]).split(", ")
            columns = ", ".join(f"'{name}': '{_TYPES.get(name, 'timestamptz')}'" for name in names)
            duck.execute(
                f"create table {table} as from read_csv('{file}', columns = {{{columns}}}, header = false)"
            )
        duck.execute(
            "create table assignments"
            " (member_id uuid, tier tinyint, previous_tier tinyint, assigned_at timestamptz)"
        )
        [differing] = duck.execute(f"""
            select count(*) from ({decisions(policy, now)}) join member_tiers using (member_id)
            where decided <> tier""").fetchone() or (0,)
    ducks = {threads: _duck(database, threads, policy, now) for threads in THREADS}
    with psycopg.connect(admin_url, options="-c search_path=segmentation -c work_mem=64MB") as connection:
        began = time.perf_counter()
        connection.execute(
            f"select decided, count(*) from ({decisions(policy, now)}) as it group by 1"
        ).fetchall()
        plain = time.perf_counter() - began
    return TierRates(ducks, plain, differing)


def _duck(database: Path, threads: int, policy: TierPolicy, now: datetime) -> Duck:
    """In a copy of the file, warm. One transaction stores the tiers of those who changed, and history."""
    copy = Path(shutil.copy(database, database.with_stem(f"tiers-{threads}")))
    with duckdb.connect(copy, config={"threads": threads}) as duck:
        decide = f"select decided, count(*) from ({decisions(policy, now)}) group by 1"
        duck.execute(decide).fetchall()
        began = time.perf_counter()
        duck.execute(decide).fetchall()
        decides = time.perf_counter() - began
        began = time.perf_counter()
        duck.execute("begin")
        duck.execute(f"""
            create temp table changed as
            select member_id, decided, held.tier as previous_tier
            from ({decisions(policy, now)}) left join held using (member_id)
            where decided is distinct from held.tier""")
        duck.execute("update held set tier = decided from changed where held.member_id = changed.member_id")
        duck.execute(f"""
            insert into assignments
            select member_id, decided, previous_tier, timestamptz '{now.isoformat()}' from changed""")
        duck.execute("commit")
        stores = time.perf_counter() - began
        [changed] = duck.execute("select count(*) from assignments").fetchone() or (0,)
    copy.unlink()
    return Duck(decides, stores, changed)


def export_tiers(admin_url: str, file: Path) -> Path:
    """Who has which tier now."""
    with psycopg.connect(admin_url, options="-c search_path=segmentation") as connection:
        _export(connection, "member_tiers", file)
    return file


def _exported(admin_url: str, folder: Path) -> Iterator[tuple[str, Path]]:
    with psycopg.connect(admin_url, options="-c search_path=segmentation") as connection:
        for table in _TABLES:
            _export(connection, table, folder / f"{table}.csv")
            yield table, folder / f"{table}.csv"


def _export(connection: psycopg.Connection, table: str, file: Path) -> None:
    query = f"copy (select {_TABLES[table]} from {table}) to stdout (format csv)"
    with connection.cursor().copy(query) as out, file.open("wb") as stored:
        stored.writelines(out)


def decisions(policy: TierPolicy, now: datetime) -> str:
    """Every member's tier, in SQL that both understand, written from the rules and not from our statement."""

    def ago(days: int) -> str:
        return f"timestamptz '{(now - timedelta(days=days)).isoformat()}'"

    kinds = ", ".join(str(int(kind)) for kind in sorted(INTERACTIONS))
    paid = "paid_at is not null and not (refunded_minor > 0 and refunded_minor >= paid_minor)"
    rules = {
        Tier.VIP: f"net_spend >= {policy.vip_net_spend_minor}",
        Tier.ACTIVE: f"weekly >= {policy.active_interactions}",
        Tier.PROSPECT: f"paid_orders is null and (since > {ago(policy.dormant_after_days)} or recent > 0)",
        Tier.DORMANT: "coalesce(recent, 0) = 0",
    }
    cases = " ".join(f"when {rules[tier]} then {int(tier)}" for tier in policy.precedence)
    return f"""
        select member_id, case {cases} else {int(Tier.REGULAR)} end as decided
        from (
            select m.member_id, coalesce(s.joined_at, m.first_seen_at) as since, o.paid_orders, o.net_spend,
                a.weekly, a.recent
            from members m
            left join (select member_id, max(joined_at) as joined_at from memberships group by member_id) as s
                on s.member_id = m.member_id
            left join (
                select member_id, count(*) as paid_orders,
                    sum(paid_minor - refunded_minor) filter (where paid_at > {ago(policy.vip_window_days)})
                        as net_spend
                from orders where {paid} group by member_id) as o on o.member_id = m.member_id
            left join (
                select member_id, count(*) as recent,
                    count(*) filter (where occurred_at > {ago(policy.active_window_days)}) as weekly
                from activities
                where kind in ({kinds}) and occurred_at > {ago(policy.dormant_after_days)}
                group by member_id) as a on a.member_id = m.member_id
        ) as figures
    """
