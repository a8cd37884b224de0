"""The same rows at their raw limits: COPY into PostgreSQL; the same tiers by DuckDB and by a plain query."""

# ruff: noqa: S608 constants only
from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
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
    "memberships": "member_id, group_id, joined_at, left_at",
    "orders": "member_id, paid_at, paid_minor, refunded_minor",
    "activities": "member_id, kind, occurred_at",
    "member_tiers": "member_id, tier, due_at",
}
_TYPES = {
    "member_id": "uuid",
    "group_id": "uuid",
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
    """Seconds of DuckDB with so many threads; `stores`: tiers and history; `tells`: all that ours keeps."""

    decides: float
    stores: float
    tells: float
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
        duck.execute("alter table held add column reason varchar")
        duck.execute(
            "create table assignments"
            " (member_id uuid, tier tinyint, previous_tier tinyint, assigned_at timestamptz, reason varchar)"
        )
        duck.execute("create table outbox (id uuid, type varchar, partition_key uuid, body varchar)")
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
    """In copies of the file, warm; what is stored is stored by one transaction."""
    with _copied_database(database, threads) as duck:
        decide = f"select decided, count(*) from ({decisions(policy, now)}) group by 1"
        duck.execute(decide).fetchall()
        decides = _seconds(duck, decide)
        stores = _seconds(duck, *_storing(policy, now))
        [changed] = duck.execute("select count(*) from assignments").fetchone() or (0,)
    with _copied_database(database, threads) as duck:
        duck.execute(decide).fetchall()
        tells = _seconds(duck, *_telling(policy, now))
    return Duck(decides, stores, tells, changed)


@contextmanager
def _copied_database(database: Path, threads: int) -> Iterator[duckdb.DuckDBPyConnection]:
    copy = Path(shutil.copy(database, database.with_stem(f"tiers-{threads}")))
    with duckdb.connect(copy, config={"threads": threads}) as duck:
        yield duck
    copy.unlink()


def _seconds(duck: duckdb.DuckDBPyConnection, *statements: str) -> float:
    began = time.perf_counter()
    for statement in statements:
        duck.execute(statement).fetchall()
    return time.perf_counter() - began


def _storing(policy: TierPolicy, now: datetime) -> Sequence[str]:
    """The tiers of those who changed, and history."""
    return (
        "begin",
        f"""
        create temp table changed as
        select member_id, decided, held.tier as previous_tier
        from ({decisions(policy, now)}) left join held using (member_id)
        where decided is distinct from held.tier""",
        "update held set tier = decided from changed where held.member_id = changed.member_id",
        f"""
        insert into assignments
        select member_id, decided, previous_tier, timestamptz '{now.isoformat()}', null from changed""",
        "commit",
    )


def _telling(policy: TierPolicy, now: datetime) -> Sequence[str]:
    """Also when tiers end, if that is sooner than was known, the reason, and an event of every change."""
    at = f"timestamptz '{now.isoformat()}'"
    days = f"greatest(date_diff('day', since, {at}), 0)"
    figures = (
        "coalesce(net_spend, 0), coalesce(weekly, 0), coalesce(recent, 0), coalesce(paid_orders, 0), " + days
    )
    reason, told = (
        f"""{{{{"rule":"{{}}","{spend}":{{}},"{weekly}":{{}},"{recent}":{{}},"{orders}":{{}},"{joined}":{{}}}}}}"""
        for spend, weekly, recent, orders, joined in (
            ("net_spend_minor", "interactions_7d", "interactions_30d", "paid_orders", "days_since_joined"),
            ("netSpendMinor", "interactions7d", "interactions30d", "paidOrders", "daysSinceJoined"),
        )
    )
    rule = "'rule of tier ' || decided"
    return (
        "begin",
        f"""
        create temp table moved as
        select *, held.tier as previous_tier, decided is distinct from held.tier as changed,
            format('{reason}', {rule}, {figures}) as why, format('{told}', {rule}, {figures}) as told
        from (
            select *, case decided
                when {Tier.VIP:d} then first_paid_at + interval {policy.vip_window_days} day
                when {Tier.ACTIVE:d} then first_at + interval {policy.active_window_days} day
                when {Tier.PROSPECT:d} then
                    greatest(since, coalesce(last_at, since)) + interval {policy.dormant_after_days} day
                when {Tier.REGULAR:d} then last_at + interval {policy.dormant_after_days} day
            end as ends_at from ({decisions(policy, now)})
        ) left join held using (member_id)
        where decided is distinct from held.tier or ends_at < coalesce(due_at, timestamptz 'infinity')""",
        """
        update held set tier = decided, due_at = ends_at,
            reason = case when changed then why else held.reason end
        from moved where held.member_id = moved.member_id""",
        f"""
        insert into assignments
        select member_id, decided, previous_tier, {at}, why from moved where changed""",
        f"""
        insert into outbox
        select uuidv7(), 'quanzi.segmentation.v1.member_tier_changed', member_id,
            format('{{{{"memberId":"{{}}","previousTier":"{{}}","tier":"{{}}","assignedAt":"{{}}","reason":{{}},'
                   || '"groupIds":{{}}}}}}', member_id, previous_tier, decided, {at}, told, groups)
        from moved left join (
            select member_id, to_json(list(group_id)) as groups from memberships where left_at is null
            group by member_id) as present using (member_id)
        where changed""",
        "commit",
    )


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
        select *, case {cases} else {int(Tier.REGULAR)} end as decided
        from (
            select m.member_id, coalesce(s.joined_at, m.first_seen_at) as since, o.paid_orders, o.net_spend,
                o.first_paid_at, a.weekly, a.recent, a.first_at, a.last_at
            from members m
            left join (select member_id, max(joined_at) as joined_at from memberships group by member_id) as s
                on s.member_id = m.member_id
            left join (
                select member_id, count(*) as paid_orders,
                    sum(paid_minor - refunded_minor) filter (where paid_at > {ago(policy.vip_window_days)})
                        as net_spend,
                    min(paid_at) filter (where paid_at > {ago(policy.vip_window_days)}) as first_paid_at
                from orders where {paid} group by member_id) as o on o.member_id = m.member_id
            left join (
                select member_id, count(*) as recent,
                    count(*) filter (where occurred_at > {ago(policy.active_window_days)}) as weekly,
                    min(occurred_at) filter (where occurred_at > {ago(policy.active_window_days)})
                        as first_at,
                    max(occurred_at) as last_at
                from activities
                where kind in ({kinds}) and occurred_at > {ago(policy.dormant_after_days)}
                group by member_id) as a on a.member_id = m.member_id
        ) as figures
    """
